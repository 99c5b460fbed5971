import type { ErrorCode, P2pSocketErrorCode } from '@parlor/protocol';
import { COMMON_TEXTS } from '../commonTexts.js';
import type { Language } from '../language.js';

/** What users read. A text may be improved at any time: programs compare codes. */
const TEXTS = {
  zh: {
    ...COMMON_TEXTS.zh,
    PASSWORD_WRONG: '密码错误',
    CREATOR_ONLY: '只有房间创建者可以这样做，请使用密码加入',
    ROOM_NOT_FOUND: '房间不存在',
    ROOM_EXPIRED: '房间已过期',
    ROOM_FULL: '房间已满',
    ROOM_CLOSED: '创建者关闭了房间',
    PEER_NOT_FOUND: '对方已离开房间',
    PEER_REPLACED: '您已在其他位置进入该房间',
    LIMIT_REACHED: '您的房间数量已达上限',
    invalid_message: '消息格式无效',
    guest: '访客',
    creator: '创建者',
  },
  ja: {
    ...COMMON_TEXTS.ja,
    PASSWORD_WRONG: 'パスワードが違います',
    CREATOR_ONLY: 'ルームの作成者だけが行えます。パスワードで参加してください',
    ROOM_NOT_FOUND: 'ルームが見つかりません',
    ROOM_EXPIRED: 'ルームの有効期限が切れました',
    ROOM_FULL: 'ルームは満員です',
    ROOM_CLOSED: '作成者がルームを閉じました',
    PEER_NOT_FOUND: '相手はルームを退出しました',
    PEER_REPLACED: '別の場所からこのルームに入りました',
    LIMIT_REACHED: '作成できるルーム数の上限に達しました',
    invalid_message: 'メッセージの形式が正しくありません',
    guest: 'ゲスト',
    creator: '作成者',
  },
  ru: {
    ...COMMON_TEXTS.ru,
    PASSWORD_WRONG: 'Неверный пароль',
    CREATOR_ONLY: 'Это может только создатель комнаты; войдите по паролю',
    ROOM_NOT_FOUND: 'Комната не найдена',
    ROOM_EXPIRED: 'Срок действия комнаты истёк',
    ROOM_FULL: 'Комната заполнена',
    ROOM_CLOSED: 'Создатель закрыл комнату',
    PEER_NOT_FOUND: 'Собеседник покинул комнату',
    PEER_REPLACED: 'Вы вошли в эту комнату в другом месте',
    LIMIT_REACHED: 'Вы открыли слишком много комнат',
    invalid_message: 'Неверный формат сообщения',
    guest: 'Гость',
    creator: 'Создатель',
  },
  fr: {
    ...COMMON_TEXTS.fr,
    PASSWORD_WRONG: 'Mot de passe incorrect',
    CREATOR_ONLY: 'Réservé au créateur du salon : rejoignez-le avec le mot de passe',
    ROOM_NOT_FOUND: 'Salon introuvable',
    ROOM_EXPIRED: 'Le salon a expiré',
    ROOM_FULL: 'Le salon est complet',
    ROOM_CLOSED: 'Le créateur a fermé le salon',
    PEER_NOT_FOUND: 'Votre correspondant a quitté le salon',
    PEER_REPLACED: 'Vous êtes entré dans ce salon depuis un autre endroit',
    LIMIT_REACHED: 'Vous avez ouvert trop de salons',
    invalid_message: 'Format de message invalide',
    guest: 'Invité',
    creator: 'Créateur',
  },
  en: {
    ...COMMON_TEXTS.en,
    PASSWORD_WRONG: 'Wrong password',
    CREATOR_ONLY: 'Only the creator of the room may do this: join with the password',
    ROOM_NOT_FOUND: 'There is no such room',
    ROOM_EXPIRED: 'The room has expired',
    ROOM_FULL: 'The room is full',
    ROOM_CLOSED: 'The creator has closed the room',
    PEER_NOT_FOUND: 'The other one has left the room',
    PEER_REPLACED: 'You have entered this room from somewhere else',
    LIMIT_REACHED: 'You have too many open rooms',
    invalid_message: 'The format of the message is not valid',
    guest: 'Guest',
    creator: 'Creator',
  },
} as const satisfies Record<Language, Partial<Record<ErrorCode | P2pSocketErrorCode, string>> & Names>;

/** What people are called who have not said their name. */
interface Names {
  guest: string;
  creator: string;
}

type Text = keyof (typeof TEXTS)['en'];

export function textOf(text: Text, language: Language): string {
  return TEXTS[language][text];
}

/** What to say of an error; without a text of its own (the host application's refusals) it speaks for itself. */
export function errorText(error: { code: P2pSocketErrorCode; message: string }, language: Language): string {
  const texts: Partial<Record<P2pSocketErrorCode, string>> = TEXTS[language];
  return texts[error.code] ?? error.message;
}
