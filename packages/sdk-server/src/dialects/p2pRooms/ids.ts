import { customAlphabet } from 'nanoid';

/** Capitals and digits that are not taken for one another when they are read or typed: no 0 O, 1 I, 2 Z, 5 S, 8 B. */
export const READABLE = '34679ACDEFGHJKLMNPQRTUVWXY';

export const newRoomId = customAlphabet(READABLE, 6);
const ROOM_ID = new RegExp(`^[${READABLE}]{6}$`);
export const isRoomId = (text: string): boolean => ROOM_ID.test(text);
export const newPassword = customAlphabet(READABLE, 6);

const eight = customAlphabet('0123456789abcdefghijklmnopqrstuvwxyz', 8);
export const newParticipantId = (): string => `p_${eight()}`;

/** Ids are read out and typed: small letters will do. What is far too long stays unknown when it is cut. */
export const asRoomId = (typed: string): string => typed.slice(0, 32).toUpperCase();
