import type { BrowserContext, Page } from '@playwright/test';

interface Probe {
  readonly connections: RTCPeerConnection[];
  /** What getUserMedia gave, in order. */
  readonly captured: MediaStreamTrack[];
}

declare global {
  interface Window {
    probe: Probe;
  }
}

/** Enough to tell people and colours by. Chromium's fake cameras give whatever is asked for, and pictures cost. */
const SMALL = { width: 320, height: 180, frameRate: 15 };

/**
 * Notes every peer connection and captured track of the pages to come. Their cameras are small ones, unless `camera` is
 * 'large': those give what the page asks for. Pages of one browser share its camera, which is as large as the first of
 * them has made it.
 */
export const installProbe = (
  context: BrowserContext,
  camera: 'small' | 'large' = 'small',
): Promise<unknown> =>
  context.addInitScript(
    (size) => {
      const probe: Probe = { connections: [], captured: [] };
      window.probe = probe;
      window.RTCPeerConnection = class extends RTCPeerConnection {
        constructor(configuration?: RTCConfiguration) {
          super(configuration);
          probe.connections.push(this);
        }
      };
      const { mediaDevices } = navigator;
      const getUserMedia = mediaDevices.getUserMedia.bind(mediaDevices);
      mediaDevices.getUserMedia = async (constraints) => {
        const { video } = constraints ?? {};
        const stream = await getUserMedia(
          size && typeof video === 'object' ? { ...constraints, video: { ...video, ...size } } : constraints,
        );
        probe.captured.push(...stream.getTracks());
        return stream;
      };
    },
    camera === 'small' ? SMALL : undefined,
  );

export interface InboundStream {
  readonly kind: 'audio' | 'video';
  readonly trackIdentifier: string;
  readonly packetsReceived: number;
  readonly framesDecoded: number;
  readonly frameWidth: number;
  readonly totalAudioEnergy: number;
}

/** What arrives now. mediasoup's bandwidth probe has an entry too: without a codec, it is left out. */
export const inbound = (page: Page): Promise<InboundStream[]> =>
  page.evaluate(async () => {
    const open = window.probe.connections.filter(({ connectionState }) => connectionState !== 'closed');
    const reports = await Promise.all(open.map((connection) => connection.getStats()));
    return reports
      .flatMap((report) => [...report.values()] as (RTCInboundRtpStreamStats & { type: string })[])
      .filter(({ type, codecId }) => type === 'inbound-rtp' && codecId !== undefined)
      .map((stats) => ({
        kind: stats.kind === 'audio' ? 'audio' : 'video',
        trackIdentifier: stats.trackIdentifier,
        packetsReceived: stats.packetsReceived ?? 0,
        framesDecoded: stats.framesDecoded ?? 0,
        frameWidth: stats.frameWidth ?? 0,
        totalAudioEnergy: stats.totalAudioEnergy ?? 0,
      }));
  });

/** Protocol of the candidate pair that each connection has chosen. */
export const chosenProtocols = (page: Page): Promise<(string | undefined)[]> =>
  page.evaluate(async () => {
    const open = window.probe.connections.filter(({ connectionState }) => connectionState === 'connected');
    return await Promise.all(
      open.map(async (connection) => {
        const report = await connection.getStats();
        const all = [...report.values()] as { type: string; id: string; selectedCandidatePairId?: string }[];
        const pairId = all.find(({ type }) => type === 'transport')?.selectedCandidatePairId;
        const pair = report.get(pairId ?? '') as { localCandidateId: string } | undefined;
        const local = report.get(pair?.localCandidateId ?? '') as { protocol: string } | undefined;
        return local?.protocol;
      }),
    );
  });

/** Captured tracks whose device is still open. */
export const openDevices = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    window.probe.captured.filter(({ readyState }) => readyState === 'live').map(({ kind }) => kind),
  );

export const captureCount = (page: Page): Promise<number> =>
  page.evaluate(() => window.probe.captured.length);
