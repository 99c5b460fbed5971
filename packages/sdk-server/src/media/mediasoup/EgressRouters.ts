import type { types } from 'mediasoup';
import type { PayloadTypes } from '../../core/types.js';
import { ParlorError } from '../../errors.js';
import { EgressRouter } from './EgressRouter.js';
import { isSame, planCodecs } from './payloadTypes.js';

/** Browsers of one kind share theirs, so this many is already more than there are kinds of clients. */
const MAX_ROUTERS = 16;

export interface EgressRoutersOptions {
  readonly room: types.Router;
  readonly createRouter: (mediaCodecs: types.RouterRtpCodecCapability[]) => Promise<types.Router>;
  /** Hears of each producer that is piped over. */
  readonly piped: (consumer: types.Consumer) => void;
}

/** A router for as long as one transport is on it. */
export interface EgressLease {
  readonly router: EgressRouter;
  release(): void;
}

interface Entry {
  readonly opening: Promise<EgressRouter>;
  leases: number;
}

/** A room's further routers, one for each set of payload types that clients come with, while there are such clients. */
export class EgressRouters {
  readonly #options: EgressRoutersOptions;
  readonly #entries = new Map<string, Entry>();
  #closed = false;

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
    const entry = this.#entries.get(signature) ?? this.#open(signature, payloadTypes);
    entry.leases += 1;
    let released = false;
    const release = () => {
      if (released) return;
      released = true;
      entry.leases -= 1;
      if (entry.leases === 0) this.#end(signature, entry);
    };
    try {
      return { router: await entry.opening, release };
    } catch (error) {
      release();
      throw error;
    }
  }

  /** How many there are now. */
  get size(): number {
    return this.#entries.size;
  }

  close(): void {
    this.#closed = true;
    for (const [signature, entry] of this.#entries) this.#end(signature, entry);
  }

  #open(signature: string, payloadTypes: PayloadTypes): Entry {
    if (this.#entries.size >= MAX_ROUTERS) {
      throw new ParlorError(
        'LIMIT_REACHED',
        'clients with too many different payload types: offer those of a browser',
      );
    }
    const entry: Entry = { opening: this.#create(payloadTypes), leases: 0 };
    this.#entries.set(signature, entry);
    return entry;
  }

  async #create(payloadTypes: PayloadTypes): Promise<EgressRouter> {
    const { room, createRouter, piped } = this.#options;
    const { mediaCodecs, withRtx } = planCodecs(room.rtpCapabilities, payloadTypes);
    const router = await createRouter(mediaCodecs);
    if (this.#closed) {
      router.close();
      throw new ParlorError('MEDIA_UNAVAILABLE', 'the room was closed');
    }
    const known = new Set<string>();
    const unknown = new Set<string>();
    for (const { mimeType, preferredPayloadType = -1 } of mediaCodecs)
      (withRtx.has(preferredPayloadType) ? known : unknown).add(mimeType.toLowerCase());
    // Producers are told by their MIME type: where the profiles of a codec differ in this, none has retransmissions.
    for (const mimeType of unknown) known.delete(mimeType);
    return new EgressRouter(router, { room, withRtx: known, piped });
  }

  #end(signature: string, entry: Entry): void {
    if (this.#entries.get(signature) === entry) this.#entries.delete(signature);
    entry.opening.then(
      ({ raw }) => {
        raw.close();
      },
      // It never was: whoever wanted it has heard why.
      () => undefined,
    );
  }
}

const signatureOf = (payloadTypes: PayloadTypes): string =>
  [...payloadTypes]
    .map(([room, client]) => `${String(room)}:${String(client)}`)
    .sort()
    .join(' ');
