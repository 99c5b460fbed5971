import { ParlorError, type ClientErrorCode } from '../errors.js';

/** What a browser tells of a server that did not help (W3C WebRTC §4.8.4, RTCPeerConnectionIceErrorEvent). */
export type IceCandidateError = Pick<RTCPeerConnectionIceErrorEvent, 'url' | 'errorCode' | 'errorText'>;

type TurnErrorCode = Extract<ClientErrorCode, `TURN_${string}`>;

/** The most telling first: a server that answers says more than one that does not. */
const SEVERITY: readonly TurnErrorCode[] = [
  'TURN_UNAUTHORIZED',
  'TURN_OVERLOADED',
  'TURN_FAILED',
  'TURN_UNREACHABLE',
];

const ADVICE: Record<TurnErrorCode, string> = {
  TURN_UNAUTHORIZED:
    'does not accept the credentials: they have expired (join again for new ones), or the secret that Parlor makes ' +
    'them with is not the one of the TURN server, or a clock is wrong',
  TURN_OVERLOADED: 'takes no more clients: raise its quota or its range of ports, or add a server',
  TURN_FAILED: 'gave no relay address',
  TURN_UNREACHABLE:
    'cannot be reached from here: check its name, port and firewall, for turns: its certificate',
};

/**
 * What a failed TURN server means, as one of the codes `TURN_UNAUTHORIZED`, `TURN_OVERLOADED`, `TURN_UNREACHABLE` and
 * `TURN_FAILED`. Undefined for a STUN server: doing without one is no failure.
 */
export function turnFailure({ url, errorCode, errorText }: IceCandidateError): ParlorError | undefined {
  if (!/^turns?:/.test(url ?? '')) return undefined;
  const code = codeOf(errorCode);
  const said = [errorCode, errorText].filter(Boolean).join(' ');
  return new ParlorError(code, `TURN server ${String(url)} ${ADVICE[code]} (${said}).`);
}

/** STUN error codes: RFC 8489 §14.8, RFC 8656 §19; 701 is the browser's own. */
function codeOf(errorCode: number): TurnErrorCode {
  switch (errorCode) {
    case 401: // Unauthenticated
    case 441: // Wrong Credentials
      return 'TURN_UNAUTHORIZED';
    case 486: // Allocation Quota Reached
    case 508: // Insufficient Capacity
      return 'TURN_OVERLOADED';
    case 701:
      return 'TURN_UNREACHABLE';
    default:
      return 'TURN_FAILED';
  }
}

/** What went wrong with TURN on the way to one connection; matters when the connection does not come about. */
export class TurnFailures {
  readonly #failures = new Map<string, ParlorError>();

  /** Returns the failure when it is news: browsers tell it again for every network interface. */
  add(event: IceCandidateError): ParlorError | undefined {
    const failure = turnFailure(event);
    const key = `${String(event.url)} ${String(event.errorCode)}`;
    if (!failure || this.#failures.has(key)) return undefined;
    this.#failures.set(key, failure);
    return failure;
  }

  /** The one that tells most; undefined while nothing has failed. */
  get worst(): ParlorError | undefined {
    const rank = ({ code }: ParlorError): number => SEVERITY.findIndex((each) => each === code);
    return [...this.#failures.values()].sort((a, b) => rank(a) - rank(b))[0];
  }

  /** A new attempt begins, or the connection stands. */
  clear(): void {
    this.#failures.clear();
  }
}
