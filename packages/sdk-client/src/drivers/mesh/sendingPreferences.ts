import type { PublishRequest } from '../MediaDriver.js';
import { opusSettings } from '../opus.js';

type Publication = Pick<PublishRequest, 'kind' | 'source' | 'options'>;

/** Changes the lines of each media section. */
const inSections = (sdp: string, change: (lines: readonly string[]) => readonly string[]): string =>
  sdp
    .split(/^(?=m=)/m)
    .map((section) => {
      const lines = section.split(/\r?\n/);
      const changed = change(lines);
      return changed === lines ? section : changed.join('\r\n');
    })
    .join('');

/** Payload types whose `rtpmap` (RFC 8866 §6.6) says `codec`, in any case. */
const payloadTypesOf = (lines: readonly string[], codec: string): string[] =>
  lines.flatMap((line) => {
    const [, payloadType, name] = /^a=rtpmap:(\d+) ([^/]+)\//.exec(line) ?? [];
    return payloadType !== undefined && name?.toLowerCase() === codec ? [payloadType] : [];
  });

/** Moves payload types to the front of the `m=` line, where the most wanted stand (RFC 8866 §5.14). */
function preferred(media: string, wanted: readonly string[]): string {
  const [kind, port, profile, ...all] = media.split(' ');
  const first = all.filter((payloadType) => wanted.includes(payloadType));
  const others = all.filter((payloadType) => !wanted.includes(payloadType));
  return [kind, port, profile, ...first, ...others].join(' ');
}

/** `parameters` over those of the payload type's `fmtp` line; undefined takes one away. */
function withParameters(
  lines: readonly string[],
  payloadType: string,
  parameters: Readonly<Record<string, number | undefined>>,
): readonly string[] {
  const start = `a=fmtp:${payloadType} `;
  const before = lines.find((line) => line.startsWith(start))?.slice(start.length) ?? '';
  const kept = before.split(';').filter((each) => {
    const name = each.split('=')[0]?.trim() ?? '';
    return name !== '' && !Object.hasOwn(parameters, name);
  });
  const added = Object.entries(parameters).flatMap(([name, value]) =>
    value === undefined ? [] : [`${name}=${String(value)}`],
  );
  const fmtp = start + [...kept, ...added].join(';');
  return lines.flatMap((line) => {
    if (line.startsWith(start)) return [];
    return line.startsWith(`a=rtpmap:${payloadType} `) ? [line, fmtp] : [line];
  });
}

function preferOpus(lines: readonly string[], publication: Publication): readonly string[] {
  const { stereo, fec, dtx, bitrate } = opusSettings(publication);
  const parameters = {
    useinbandfec: Number(fec),
    usedtx: Number(dtx),
    maxaveragebitrate: bitrate,
    // Speech is mono; for music the receiver says that it takes more.
    ...(stereo ? {} : { stereo: undefined, 'sprop-stereo': undefined }),
  };
  return payloadTypesOf(lines, 'opus').reduce(
    (section, payloadType) => withParameters(section, payloadType, parameters),
    lines,
  );
}

/** Without the wanted codec on the other side it is whichever both share. */
function preferCodec([media = '', ...lines]: readonly string[], codec: string): string[] {
  return [preferred(media, payloadTypesOf(lines, codec)), ...lines];
}

/**
 * The other side's description, with what we would like to send as its wishes: a browser encodes what the remote
 * description asks for, codecs in its order (RFC 9429 §5.10) and Opus by its `fmtp` (RFC 7587 §6.1). Nothing of this
 * goes over the wire, and both sides choose for themselves what they send.
 */
export function preferSending(sdp: string, publicationOf: (mid: string) => Publication | undefined): string {
  return inSections(sdp, (lines) => {
    const mid = lines.find((line) => line.startsWith('a=mid:'))?.slice('a=mid:'.length);
    const publication = mid === undefined ? undefined : publicationOf(mid);
    if (publication?.kind === 'audio') return preferOpus(lines, publication);
    const videoCodec = publication?.options.videoCodec;
    return videoCodec ? preferCodec(lines, videoCodec) : lines;
  });
}

/** A description of ours that says of all sound that it may be stereo: Chromium decodes it as mono otherwise. */
export const acceptStereo = (sdp: string): string =>
  inSections(sdp, (lines) =>
    lines.some((line) => /^a=fmtp:.*[ ;]stereo=1/.test(line))
      ? lines
      : payloadTypesOf(lines, 'opus').reduce(
          (section, payloadType) => withParameters(section, payloadType, { stereo: 1 }),
          lines,
        ),
  );
