import type { ErrorCode } from '@parlor/protocol';
import { COMMON_TEXTS } from '../commonTexts.js';
import type { Language } from '../language.js';

type Texts = Partial<Record<ErrorCode, string>>;

/** The document ends its sentences. */
const sentences = (texts: Texts): Texts =>
  Object.fromEntries(Object.entries(texts).map(([code, text]) => [code, `${text}。`]));

/** The first three of Japanese are those of the source document, to the letter. English is what the errors say themselves. */
const TEXTS: Record<Exclude<Language, 'en'>, Texts> = {
  ja: {
    ...sentences(COMMON_TEXTS.ja),
    ROOM_NOT_FOUND: '通話ルームが見つかりません。',
    TRANSPORT_NOT_FOUND: 'Transportが存在しません。',
    ALREADY_CONNECTED: 'TransportはすでにDTLS接続済みです。',
    PRODUCER_NOT_FOUND: 'Producerが存在しません。',
    CONSUMER_NOT_FOUND: 'Consumerが存在しません。',
    CANNOT_CONSUME: 'このクライアントはこのProducerを受信できません。',
    UNSUPPORTED_MEDIA: 'サーバーが対応していないメディアです。',
    LIMIT_REACHED: '上限に達しました。',
    TOPOLOGY_MISMATCH: 'このルームのメディアはサーバーを経由しません。',
    MEDIA_UNAVAILABLE: 'メディアサーバーを利用できません。',
    MEDIA_SERVER_DIED: 'メディアサーバーが停止しました。もう一度参加してください。',
    ROOM_CLOSED: 'ルームは閉じられました。',
    PEER_REMOVED: 'このルームから退出させられたため、参加できません。',
    ALREADY_JOINED: '別の端末でこのルームに参加しています。',
    IDEMPOTENCY_KEY_REUSED: 'このIdempotency-Keyは別の内容のリクエストで使用されています。',
  },
  zh: {
    ...COMMON_TEXTS.zh,
    ROOM_NOT_FOUND: '找不到通话房间',
    TRANSPORT_NOT_FOUND: 'Transport 不存在',
    ALREADY_CONNECTED: 'Transport 已完成 DTLS 连接',
    PRODUCER_NOT_FOUND: 'Producer 不存在',
    CONSUMER_NOT_FOUND: 'Consumer 不存在',
    CANNOT_CONSUME: '该客户端无法接收此 Producer',
    UNSUPPORTED_MEDIA: '服务器不支持该媒体格式',
    LIMIT_REACHED: '已达上限',
    TOPOLOGY_MISMATCH: '该房间的媒体不经过服务器',
    MEDIA_UNAVAILABLE: '媒体服务器不可用',
    MEDIA_SERVER_DIED: '媒体服务器已停止，请重新加入',
    ROOM_CLOSED: '房间已关闭',
    PEER_REMOVED: '您已被移出该房间',
    ALREADY_JOINED: '您已在其他设备上进入该房间',
    IDEMPOTENCY_KEY_REUSED: '该 Idempotency-Key 已用于内容不同的请求',
  },
  ru: {
    ...COMMON_TEXTS.ru,
    ROOM_NOT_FOUND: 'Комната звонка не найдена',
    TRANSPORT_NOT_FOUND: 'Transport не существует',
    ALREADY_CONNECTED: 'DTLS-соединение этого Transport уже установлено',
    PRODUCER_NOT_FOUND: 'Producer не существует',
    CONSUMER_NOT_FOUND: 'Consumer не существует',
    CANNOT_CONSUME: 'Этот клиент не может принимать этот Producer',
    UNSUPPORTED_MEDIA: 'Сервер не поддерживает этот формат медиа',
    LIMIT_REACHED: 'Достигнут предел',
    TOPOLOGY_MISMATCH: 'Медиа этой комнаты не проходит через сервер',
    MEDIA_UNAVAILABLE: 'Медиасервер недоступен',
    MEDIA_SERVER_DIED: 'Медиасервер остановился, войдите снова',
    ROOM_CLOSED: 'Комната закрыта',
    PEER_REMOVED: 'Вас удалили из этой комнаты',
    ALREADY_JOINED: 'Вы уже вошли в эту комнату с другого устройства',
    IDEMPOTENCY_KEY_REUSED: 'Этот Idempotency-Key уже использован для запроса с другим содержимым',
  },
  fr: {
    ...COMMON_TEXTS.fr,
    ROOM_NOT_FOUND: "Salon d'appel introuvable",
    TRANSPORT_NOT_FOUND: "Ce Transport n'existe pas",
    ALREADY_CONNECTED: 'La connexion DTLS de ce Transport est déjà établie',
    PRODUCER_NOT_FOUND: "Ce Producer n'existe pas",
    CONSUMER_NOT_FOUND: "Ce Consumer n'existe pas",
    CANNOT_CONSUME: 'Ce client ne peut pas recevoir ce Producer',
    UNSUPPORTED_MEDIA: 'Le serveur ne prend pas en charge ce format de média',
    LIMIT_REACHED: 'Limite atteinte',
    TOPOLOGY_MISMATCH: 'Les médias de ce salon ne passent pas par le serveur',
    MEDIA_UNAVAILABLE: 'Le serveur de médias est indisponible',
    MEDIA_SERVER_DIED: "Le serveur de médias s'est arrêté : rejoignez le salon à nouveau",
    ROOM_CLOSED: 'Le salon a été fermé',
    PEER_REMOVED: 'Vous avez été exclu de ce salon',
    ALREADY_JOINED: 'Vous êtes déjà dans ce salon depuis un autre appareil',
    IDEMPOTENCY_KEY_REUSED: 'Cette Idempotency-Key a déjà servi pour une requête au contenu différent',
  },
};

/**
 * What to say of an error. Words of the host application have no text here and stay as they are; what is wrong with a
 * request is added in English, for the developer.
 */
export function errorText(
  { code, message }: { code: ErrorCode; message: string },
  language: Language,
): string {
  const text = language === 'en' ? undefined : TEXTS[language][code];
  if (text === undefined) return message;
  return code === 'BAD_REQUEST' ? `${text} (${message})` : text;
}
