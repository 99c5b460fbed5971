import type { CallAnswers, CallMethod, CallRequestParsed } from '@parlor/protocol';
import type { CallDesk } from '../../core/calls/CallDesk.js';
import type { Line } from '../../core/calls/Line.js';

/** Everything a device with an open line can ask for. */
export type LineMethod = Exclude<CallMethod, 'openLine' | 'closeLine' | 'ping'>;

/** A device that takes part in calls. */
export interface Caller {
  readonly desk: CallDesk;
  readonly line: Line;
}

type Handlers = {
  readonly [M in LineMethod]: (
    caller: Caller,
    data: CallRequestParsed<M>,
  ) => Promise<CallAnswers[M]> | CallAnswers[M];
};

export const handlers: Handlers = {
  call: ({ desk, line }, { userId, video = false, callId }) => desk.call(line, userId, { video, callId }),
  acceptCall: ({ desk, line }, { callId }) => desk.accept(line, callId),
  rejectCall({ desk, line }, { callId }) {
    desk.reject(line, callId);
    return {};
  },
  hangUpCall({ desk, line }, { callId }) {
    desk.hangUp(line, callId);
    return {};
  },
  updateCall({ desk, line }, { callId, video }) {
    desk.setVideo(line, callId, video);
    return {};
  },
  listUsers: ({ desk, line }) => ({ users: desk.watchUsers(line) }),
};
