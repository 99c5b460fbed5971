import type { FrameDisturber } from './mediaFaults.js';

type PeerConnectionClass = typeof RTCPeerConnection;

/** The global as it may be replaced. */
const scope = globalThis as { RTCPeerConnection: PeerConnectionClass };

/** RFC 5737: an address at which nobody is. */
const NOWHERE = '192.0.2.1';

/** `a=candidate:<foundation> <component> <transport> <priority> <address>` (RFC 8839 §5.1) */
const toNowhere = (sdp: string): string => sdp.replace(/^(a=candidate:(?:\S+ ){4})\S+/gm, `$1${NOWHERE}`);

const OPPOSITE: Readonly<Record<string, string>> = {
  sendonly: 'recvonly',
  recvonly: 'sendonly',
  sendrecv: 'sendrecv',
};

/** Of each media section (RFC 8866 §6.7), by its mid. */
function remoteDirections(sdp: string): Map<string, string> {
  const directions = new Map<string, string>();
  for (const section of sdp.split(/^m=/m).slice(1)) {
    const mid = /^a=mid:(\S+)/m.exec(section)?.[1];
    const direction = /^a=(sendrecv|sendonly|recvonly|inactive)\s*$/m.exec(section)?.[1];
    if (mid !== undefined && direction !== undefined) directions.set(mid, direction);
  }
  return directions;
}

/**
 * Every connection that the page makes from now on goes through `disturber`, and while `isCutOff` neither side hears
 * where the other can be reached. Returns how to undo that, for connections that are made later.
 */
export function makeConnectionsFaulty(disturber: FrameDisturber, isCutOff: () => boolean): () => void {
  const original = scope.RTCPeerConnection;
  const disturb = ({ sender, receiver }: RTCRtpTransceiver, direction: string) => {
    if (direction.startsWith('send')) disturber.add(sender, 'send');
    if (direction.includes('recv')) disturber.add(receiver, 'receive');
  };
  scope.RTCPeerConnection = class extends original {
    constructor(configuration?: RTCConfiguration) {
      super(configuration);
      this.addEventListener('icecandidate', (event) => {
        if (isCutOff()) event.stopImmediatePropagation();
      });
    }

    // What is to be disturbed has to be known as soon as it is made; and what carries nothing is left alone, or it holds up
    // the rest (Chromium).
    override addTransceiver(...args: Parameters<RTCPeerConnection['addTransceiver']>): RTCRtpTransceiver {
      const transceiver = super.addTransceiver(...args);
      disturb(transceiver, args[1]?.direction ?? 'sendrecv');
      return transceiver;
    }

    override async setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void> {
      const { type, sdp = '' } = description;
      await super.setRemoteDescription({ type, sdp: isCutOff() ? toNowhere(sdp) : sdp });
      const directions = remoteDirections(sdp);
      for (const transceiver of this.getTransceivers()) {
        const theirs = transceiver.mid === null ? undefined : directions.get(transceiver.mid);
        if (theirs) disturb(transceiver, OPPOSITE[theirs] ?? 'inactive');
      }
    }

    override async addIceCandidate(candidate?: RTCIceCandidateInit | null): Promise<void> {
      if (!isCutOff()) await super.addIceCandidate(candidate);
    }
  };
  return () => {
    scope.RTCPeerConnection = original;
  };
}
