/**
 * As much of STUN (RFC 8489 §5) as it takes to ask a server whether it is there. Any response counts: a server that
 * wants a login even for this (401) is alive.
 */

const HEADER_LENGTH = 20;
const MAGIC_COOKIE = 0x2112a442;
const BINDING_REQUEST = 0x0001;
const BINDING_SUCCESS = 0x0101;
const BINDING_ERROR = 0x0111;
export const TRANSACTION_ID_LENGTH = 12;

/** A binding request without attributes. */
export function bindingRequest(transactionId: Buffer): Buffer {
  const message = Buffer.alloc(HEADER_LENGTH);
  message.writeUInt16BE(BINDING_REQUEST, 0);
  message.writeUInt32BE(MAGIC_COOKIE, 4);
  transactionId.copy(message, 8, 0, TRANSACTION_ID_LENGTH);
  return message;
}

/** Whether `bytes` begin with a response to the binding request with this transaction id. */
export function isBindingResponse(bytes: Buffer, transactionId: Buffer): boolean {
  if (bytes.length < HEADER_LENGTH) return false;
  const type = bytes.readUInt16BE(0);
  const length = bytes.readUInt16BE(2);
  return (
    (type === BINDING_SUCCESS || type === BINDING_ERROR) &&
    length % 4 === 0 &&
    bytes.length >= HEADER_LENGTH + length &&
    bytes.readUInt32BE(4) === MAGIC_COOKIE &&
    bytes.subarray(8, HEADER_LENGTH).equals(transactionId)
  );
}
