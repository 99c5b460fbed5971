/** Everything that the SDK takes from the browser. Each member may be replaced, so that it runs without one. */
export interface Platform {
  readonly createWebSocket: (url: string, protocols: string) => WebSocketLike;
  readonly fetch: (url: string, init: { method: 'GET'; signal: AbortSignal }) => Promise<FetchResponse>;
  /** Undefined outside a secure context (W3C Media Capture §9.1). */
  readonly mediaDevices: MediaDevicesLike | undefined;
  readonly page: Page;
  /** Calls back once, after `milliseconds`. Returns the function that calls it off. */
  readonly timer: (callback: () => void, milliseconds: number) => () => void;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** 0 up to 1. */
  readonly random: () => number;
  readonly randomId: () => string;
  readonly createMediaElement: (kind: 'audio' | 'video') => HTMLMediaElement;
  readonly createMediaStream: (tracks: MediaStreamTrack[]) => MediaStream;
  /** For browsers that do not tell how loud a local track is. Absent: Web Audio, loaded with what needs it. */
  readonly createLevelMeter?: (track: MediaStreamTrack) => LevelMeter;
  /**
   * Calls when the page goes over another network, and returns the function that stops that. Absent: `navigator.connection`
   * where there is one.
   */
  readonly onNetworkChange?: (listener: () => void) => () => void;
  /**
   * Watches how elements show what is in them. Absent: the browser's observers, loaded with the first remote video that is
   * attached.
   */
  readonly watchElements?: (onChange: (element: HTMLMediaElement) => void) => ElementWatch;
  /** For media from browser to browser. @throws ReferenceError where there is no WebRTC */
  readonly createPeerConnection: (configuration: RTCConfiguration) => PeerConnectionLike;
}

/** Tells of the elements that it observes when they are shown otherwise than before, and how. */
export interface ElementWatch {
  observe(element: HTMLMediaElement): void;
  unobserve(element: HTMLMediaElement): void;
  look(element: HTMLMediaElement): ElementLook;
}

/** How an element is shown at the moment. */
export interface ElementLook {
  /** False: it is in no document. */
  readonly isConnected: boolean;
  /** Something of it is in the viewport, or in a picture-in-picture window. */
  readonly isVisible: boolean;
  /** Its page is behind another tab, or minimized. */
  readonly isInBackground: boolean;
  /** CSS pixels that the page gives it. Undefined: it is as large as its picture. */
  readonly size: PixelSize | undefined;
  /** What is in it now, pixels. */
  readonly picture: PixelSize | undefined;
  /** It is filled, and what does not fit is cut off or stretched (CSS object-fit). */
  readonly isCovered: boolean;
  /** Device pixels of a CSS pixel. */
  readonly pixelRatio: number;
}

export interface PixelSize {
  readonly width: number;
  readonly height: number;
}

export interface LevelMeter {
  /** Root mean square of about the last third of a second, 0 to 1; 0 until the page may use sound. */
  read(): number;
  close(): void;
}

/** The part of RTCPeerConnection (W3C WebRTC §4.4) that the mesh uses. */
export interface PeerConnectionLike extends Pick<
  RTCPeerConnection,
  | 'connectionState'
  | 'signalingState'
  | 'localDescription'
  | 'remoteDescription'
  | 'addTransceiver'
  | 'getTransceivers'
  | 'getConfiguration'
  | 'setConfiguration'
  | 'restartIce'
  | 'getStats'
  | 'close'
> {
  createOffer(): Promise<RTCSessionDescriptionInit>;
  createAnswer(): Promise<RTCSessionDescriptionInit>;
  setLocalDescription(description?: RTCSessionDescriptionInit): Promise<void>;
  setRemoteDescription(description: RTCSessionDescriptionInit): Promise<void>;
  readonly sctp: Pick<RTCSctpTransport, 'maxMessageSize'> | null;
  createDataChannel(label: string, init: RTCDataChannelInit): DataChannelLike;
  addIceCandidate(candidate: RTCIceCandidateInit | null): Promise<void>;
  addEventListener(type: 'connectionstatechange', listener: () => void): void;
  addEventListener(
    type: 'icecandidate',
    listener: (event: { candidate: { toJSON(): RTCIceCandidateInit } | null }) => void,
  ): void;
  addEventListener(
    type: 'icecandidateerror',
    listener: (event: { url: string; errorCode: number; errorText: string }) => void,
  ): void;
}

/** The part of RTCDataChannel (W3C WebRTC §6.2) that the mesh uses. */
export interface DataChannelLike extends Pick<RTCDataChannel, 'readyState' | 'bufferedAmount'> {
  send(text: string): void;
  addEventListener(type: 'open', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
}

export interface WebSocketLike {
  addEventListener(type: 'open' | 'error', listener: () => void): void;
  addEventListener(type: 'message', listener: (event: { data: unknown }) => void): void;
  addEventListener(type: 'close', listener: (event: { code: number; reason: string }) => void): void;
  send(data: string): void;
  close(code?: number, reason?: string): void;
}

export interface FetchResponse {
  readonly status: number;
  json(): Promise<unknown>;
}

export interface MediaDevicesLike {
  getUserMedia(constraints: MediaStreamConstraints): Promise<MediaStream>;
  getDisplayMedia?(options: DisplayMediaStreamOptions): Promise<MediaStream>;
  enumerateDevices(): Promise<MediaDeviceInfo[]>;
  addEventListener(type: 'devicechange', listener: () => void): void;
  removeEventListener(type: 'devicechange', listener: () => void): void;
}

export type PageEvent = 'online' | 'pagehide' | 'visible';

/** Life of the page. */
export interface Page {
  /** The page's address, for URLs relative to it. Undefined outside a page. */
  readonly href: string | undefined;
  readonly online: boolean;
  /** Returns the function that stops listening. */
  on(event: PageEvent, listener: () => void): () => void;
}

function browserPage(): Page {
  return {
    get href() {
      return typeof location === 'undefined' ? undefined : location.href;
    },
    get online() {
      return typeof navigator === 'undefined' || (navigator.onLine as boolean | undefined) !== false;
    },
    on(event, listener) {
      if (typeof window === 'undefined') return () => {};
      if (event !== 'visible') {
        window.addEventListener(event, listener);
        return () => {
          window.removeEventListener(event, listener);
        };
      }
      const whenVisible = () => {
        if (document.visibilityState === 'visible') listener();
      };
      document.addEventListener('visibilitychange', whenVisible);
      return () => {
        document.removeEventListener('visibilitychange', whenVisible);
      };
    },
  };
}

/** UUID v4 where the page may have one, 122 random bits in any case. */
function randomId(): string {
  if (typeof crypto.randomUUID === 'function') return crypto.randomUUID();
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** The browser's own, with `overrides` in place of some. */
export function createPlatform(overrides: Partial<Platform> = {}): Platform {
  return {
    createWebSocket: (url, protocols) => new WebSocket(url, protocols),
    fetch: (url, init) => fetch(url, init),
    mediaDevices:
      typeof navigator === 'undefined' ? undefined : (navigator.mediaDevices as MediaDevices | undefined),
    page: browserPage(),
    timer: (callback, milliseconds) => {
      const handle = setTimeout(callback, milliseconds);
      return () => {
        clearTimeout(handle);
      };
    },
    now: () => Date.now(),
    random: () => Math.random(),
    randomId,
    createMediaElement: (kind) => document.createElement(kind),
    createMediaStream: (tracks) => new MediaStream(tracks),
    createPeerConnection: (configuration) => new RTCPeerConnection(configuration),
    ...overrides,
  };
}
