import type { types } from 'mediasoup';
import type { PayloadTypes } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { Leases, type Lease } from './Leases.js';
import { isSame, planCodecs } from './payloadTypes.js';
import { PipedRouter, type PipedRouterOptions } from './PipedRouter.js';

/** Browsers of one kind share theirs, so this many is already more than there are kinds of clients. */
const MAX_ROUTERS = 16;

export interface EgressRoutersOptions extends Omit<PipedRouterOptions, 'withRtx'> {
  /** The room's own one, whose capabilities are asked for when they are needed: mediasoup clones them. */
  readonly router: Pick<types.Router, 'rtpCapabilities'>;
  readonly createRouter: (mediaCodecs: types.RouterRtpCodecCapability[]) => Promise<types.Router>;
}

/** A router for as long as one transport is on it. */
export type EgressLease = Lease<PipedRouter>;

/**
 * A room's further routers on one worker, one for each set of payload types that clients come with, while there are such
 * clients: mediasoup sends everything under those of the router.
 */
export class EgressRouters {
  readonly #options: EgressRoutersOptions;
  readonly #routers = new Leases<string, PipedRouter>();

  constructor(options: EgressRoutersOptions) {
    this.#options = options;
  }

  /**
   * The router with these payload types; undefined: the room's own has them.
   * @throws LIMIT_REACHED, MEDIA_UNAVAILABLE (the room is closed)
   */
  async lease(payloadTypes: PayloadTypes): Promise<EgressLease | undefined> {
    if (isSame(payloadTypes)) return undefined;
    const signature = signatureOf(payloadTypes);
    if (!this.#routers.has(signature) && this.size >= MAX_ROUTERS) {
      throw new ParlorError(
        'LIMIT_REACHED',
        'clients with too many different payload types: offer those of a browser',
      );
    }
    return await this.#routers.take(signature, () => this.#create(payloadTypes));
  }

  /** How many there are now. */
  get size(): number {
    return this.#routers.size;
  }

  close(): void {
    this.#routers.close();
  }

  async #create(payloadTypes: PayloadTypes): Promise<PipedRouter> {
    const { router: own, createRouter, counts, pipes } = this.#options;
    const { mediaCodecs, withRtx } = planCodecs(own.rtpCapabilities, payloadTypes);
    const router = await createRouter(mediaCodecs);
    const known = new Set<string>();
    const unknown = new Set<string>();
    for (const { mimeType, preferredPayloadType = -1 } of mediaCodecs)
      (withRtx.has(preferredPayloadType) ? known : unknown).add(mimeType.toLowerCase());
    // Producers are told by their MIME type: where the profiles of a codec differ in this, none has retransmissions.
    for (const mimeType of unknown) known.delete(mimeType);
    return new PipedRouter(router, { counts, pipes, withRtx: known });
  }
}

const signatureOf = (payloadTypes: PayloadTypes): string =>
  [...payloadTypes]
    .map(([room, client]) => `${String(room)}:${String(client)}`)
    .sort()
    .join(' ');
