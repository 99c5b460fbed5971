import type { ErrorCode } from './codes.js';
import type { RtpCapabilities } from './rtp.js';

/** Body of every HTTP error. */
export interface HttpErrorBody {
  error: ErrorCode;
  message: string;
}

/** `GET /health` */
export interface HealthBody {
  message: 'ok';
}

/** `GET /rooms/:roomId` */
export type RoomCapabilitiesBody = Required<Pick<RtpCapabilities, 'codecs' | 'headerExtensions'>>;
