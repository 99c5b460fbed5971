import type { DtlsParameters, RtpCapabilities, RtpParameters } from '@parlor/protocol';
import type { types } from 'mediasoup';

/**
 * The wire's RTP shapes and mediasoup's are the same values with types that differ in two ways: zod writes optional
 * members as `T | undefined`, and mediasoup leaves open what it always sets (encodings) or never nests (codec
 * parameters). This is the only place where the one is called the other.
 */

export const toRtpParameters = (parameters: RtpParameters) => parameters as types.RtpParameters;

export const toRtpCapabilities = (capabilities: RtpCapabilities) => capabilities as types.RtpCapabilities;

export const toDtlsParameters = (parameters: DtlsParameters) => parameters as types.DtlsParameters;

export const fromRtpParameters = (parameters: types.RtpParameters) => parameters as RtpParameters;

export const fromRtpCapabilities = (capabilities: types.RtpCapabilities) => capabilities as RtpCapabilities;

export const fromDtlsParameters = (parameters: types.DtlsParameters): DtlsParameters => parameters;
