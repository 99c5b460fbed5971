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
  message: 'ok';
}
export const HealthBody: z.ZodType<HealthBody> = z.object({ message: z.literal('ok') });

/** `GET /rooms/:roomId` */
export type RoomCapabilitiesBody = Required<Pick<RtpCapabilities, 'codecs' | 'headerExtensions'>>;
export const RoomCapabilitiesBody = FullRtpCapabilities;
