import { z } from 'zod';
import type { ErrorCode } from './codes.js';
import { FullRtpCapabilities, type RtpCapabilities } from './rtp.js';

/** Body of every HTTP error. */
export interface HttpErrorBody {
  error: ErrorCode;
  message: string;
}

/** `GET /health` */
export interface HealthBody {
  /** `draining`, with status 503: the server is going to end and takes nobody in any more. */
  message: 'ok' | 'draining';
}
export const HealthBody: z.ZodType<HealthBody> = z.object({
  message: z.enum(['ok', 'draining']),
});

/** `GET /rooms/:roomId` */
export type RoomCapabilitiesBody = Required<Pick<RtpCapabilities, 'codecs' | 'headerExtensions'>>;
export const RoomCapabilitiesBody = FullRtpCapabilities;
