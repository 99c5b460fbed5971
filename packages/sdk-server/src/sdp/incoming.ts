import type { RtpParameters } from '@parlor/protocol';
import { ParlorError } from '../errors.js';
import { isRtx } from './codecs.js';
import type { SdpCodec, SdpExtension, Section } from './description.js';
import { MID, RID } from './extmap.js';

/** Longer MIDs the worker does not take. */
export const MAX_MEDIA_MID = 8;

/** What tells one sending of a client from another in the same section. */
export const producerKey = ({ ssrcs, rids, msid }: Section): string => JSON.stringify([ssrcs, rids, msid]);

export interface Incoming {
  section: Section;
  codecs: readonly SdpCodec[];
  /** Those that were accepted. */
  extensions: readonly SdpExtension[];
  mid: string;
  /** Another section of the connection is told by RID alone already. */
  ridTaken: boolean;
}

export interface Received {
  rtpParameters: RtpParameters;
  extensions: readonly SdpExtension[];
  /** Of the simulcast encodings that are accepted; empty: no simulcast. */
  rids: readonly string[];
}

/**
 * The RTP parameters of what a client sends in a section.
 * @throws UNSUPPORTED_MEDIA: its packets could not be told from others
 */
export function received(incoming: Incoming): Received {
  const { section, codecs, mid } = incoming;
  const has = (uri: string) => incoming.extensions.some((extension) => extension.uri === uri);
  const isMidUsable = mid.length <= MAX_MEDIA_MID;
  const rids = section.rids.length > 1 && has(RID) ? section.rids : [];
  if (rids.length > 0 && incoming.ridTaken && !has(MID)) {
    throw new ParlorError(
      'UNSUPPORTED_MEDIA',
      'one simulcast track a connection: send the other without simulcast',
    );
  }
  const encodings =
    rids.length > 0 ? rids.map((rid) => ({ rid, scalabilityMode: 'L1T3' })) : encodingsOf(section, codecs);
  const needsMid = encodings.length === 0 && !has(MID);
  const added = needsMid && isMidUsable ? section.extensions.filter(({ uri }) => uri === MID) : [];
  if (needsMid && added.length === 0) {
    throw new ParlorError(
      'UNSUPPORTED_MEDIA',
      `section ${mid} has neither a=ssrc nor a=rid nor the MID header extension`,
    );
  }
  const extensions = [...incoming.extensions, ...added]
    .filter(({ uri }) => uri !== MID || isMidUsable)
    .map(({ id, uri }) => ({ id, uri }));
  return {
    extensions,
    rids,
    rtpParameters: {
      ...(isMidUsable && { mid }),
      codecs: [...codecs],
      headerExtensions: extensions,
      encodings: encodings.length > 0 ? encodings : [{}],
      rtcp: { reducedSize: true, ...(section.cname !== undefined && { cname: section.cname }) },
    },
  };
}

/** By `a=ssrc`: one encoding, or those of a SIM group, each with its retransmissions. */
function encodingsOf(
  { ssrcs, ssrcGroups }: Section,
  codecs: readonly SdpCodec[],
): RtpParameters['encodings'] {
  const pairs = ssrcGroups.filter(({ semantics }) => semantics === 'FID').map((group) => group.ssrcs);
  const retransmissions = new Set(pairs.map(([, rtx]) => rtx));
  const simulcast = ssrcGroups.find(({ semantics }) => semantics === 'SIM')?.ssrcs;
  const primary = simulcast ?? ssrcs.filter((ssrc) => !retransmissions.has(ssrc)).slice(0, 1);
  return primary.map((ssrc) => {
    const rtx = codecs.some(isRtx) ? pairs.find(([media]) => media === ssrc)?.[1] : undefined;
    return { ssrc, ...(rtx !== undefined && { rtx: { ssrc: rtx } }) };
  });
}
