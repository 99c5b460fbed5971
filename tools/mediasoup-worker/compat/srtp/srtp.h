// The part of libsrtp 3's API that mediasoup calls, on top of libsrtp 2.
//
// mediasoup is written against a beta of libsrtp 3, which no distribution has. Two things differ: a policy is an
// object behind a pointer instead of a plain struct, and (un)protecting has separate input and output buffers
// instead of working in place. The cryptography underneath is the same.
//
// The functions get names of their own (parlor_...) and the libsrtp 3 names become macros at the end, because
// libsrtp 2 declares several of the same names with other signatures.
#pragma once

#include <srtp2/srtp.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <new>

// libsrtp 2 keeps a pointer to the key inside the policy: policy and key live and die together.
struct parlor_srtp_policy
{
	srtp_policy_t policy;
	uint8_t key[SRTP_MAX_KEY_LEN];
};

typedef parlor_srtp_policy* parlor_srtp_policy_t;

inline srtp_err_status_t parlor_srtp_policy_create(parlor_srtp_policy_t* out)
{
	auto* created = new (std::nothrow) parlor_srtp_policy;

	if (!created)
	{
		return srtp_err_status_alloc_fail;
	}

	std::memset(created, 0, sizeof(*created));
	*out = created;

	return srtp_err_status_ok;
}

inline void parlor_srtp_policy_destroy(parlor_srtp_policy_t policy)
{
	if (!policy)
	{
		return;
	}

	// Volatile, so that the compiler cannot drop the wiping of memory that is freed right after.
	volatile uint8_t* key = policy->key;

	for (std::size_t i = 0; i < sizeof(policy->key); ++i)
	{
		key[i] = 0;
	}

	delete policy;
}

inline srtp_err_status_t parlor_srtp_policy_set_ssrc(parlor_srtp_policy_t policy, srtp_ssrc_t ssrc)
{
	policy->policy.ssrc = ssrc;

	return srtp_err_status_ok;
}

inline srtp_err_status_t parlor_srtp_policy_set_profile(parlor_srtp_policy_t policy, srtp_profile_t profile)
{
	const auto status = srtp_crypto_policy_set_from_profile_for_rtp(&policy->policy.rtp, profile);

	if (status != srtp_err_status_ok)
	{
		return status;
	}

	return srtp_crypto_policy_set_from_profile_for_rtcp(&policy->policy.rtcp, profile);
}

// libsrtp 2 wants key and salt in one buffer. mediasoup uses no MKI (RFC 3711, section 3.1).
inline srtp_err_status_t parlor_srtp_policy_add_key(
  parlor_srtp_policy_t policy,
  const uint8_t* key,
  std::size_t keyLen,
  const uint8_t* salt,
  std::size_t saltLen,
  const uint8_t* /*mki*/,
  std::size_t mkiLen)
{
	if (mkiLen != 0 || keyLen > sizeof(policy->key) || saltLen > sizeof(policy->key) - keyLen)
	{
		return srtp_err_status_bad_param;
	}

	std::memcpy(policy->key, key, keyLen);
	std::memcpy(policy->key + keyLen, salt, saltLen);
	policy->policy.key = policy->key;

	return srtp_err_status_ok;
}

inline srtp_err_status_t parlor_srtp_policy_set_allow_repeat_tx(parlor_srtp_policy_t policy, bool allow)
{
	policy->policy.allow_repeat_tx = allow ? 1 : 0;

	return srtp_err_status_ok;
}

inline srtp_err_status_t parlor_srtp_policy_set_window_size(parlor_srtp_policy_t policy, unsigned long size)
{
	policy->policy.window_size = size;

	return srtp_err_status_ok;
}

// libsrtp 2 copies the key out of the policy here, so the policy may be destroyed afterwards.
inline srtp_err_status_t parlor_srtp_create(srtp_t* session, parlor_srtp_policy_t policy)
{
	return srtp_create(session, &policy->policy);
}

using parlor_srtp_in_place = srtp_err_status_t (*)(srtp_t, void*, int*);

// Copies `in` to `out` and runs an in-place function of libsrtp 2 on it. `trailer` is what that function may write
// behind the packet without asking for the room it has: it is checked before.
inline srtp_err_status_t parlor_srtp_run(
  parlor_srtp_in_place transform,
  std::size_t trailer,
  srtp_t session,
  const uint8_t* in,
  std::size_t inLen,
  uint8_t* out,
  std::size_t* outLen)
{
	if (inLen + trailer > *outLen)
	{
		return srtp_err_status_fail;
	}

	if (out != in)
	{
		std::memmove(out, in, inLen);
	}

	int length        = static_cast<int>(inLen);
	const auto status = transform(session, out, &length);

	if (status == srtp_err_status_ok)
	{
		*outLen = static_cast<std::size_t>(length);
	}

	return status;
}

inline srtp_err_status_t parlor_srtp_protect(
  srtp_t session, const uint8_t* in, std::size_t inLen, uint8_t* out, std::size_t* outLen, std::size_t /*mkiIndex*/)
{
	return parlor_srtp_run(srtp_protect, SRTP_MAX_TRAILER_LEN, session, in, inLen, out, outLen);
}

// SRTCP appends four octets more: the E flag and the packet index (RFC 3711, section 3.4).
inline srtp_err_status_t parlor_srtp_protect_rtcp(
  srtp_t session, const uint8_t* in, std::size_t inLen, uint8_t* out, std::size_t* outLen, std::size_t /*mkiIndex*/)
{
	return parlor_srtp_run(srtp_protect_rtcp, SRTP_MAX_TRAILER_LEN + 4, session, in, inLen, out, outLen);
}

inline srtp_err_status_t parlor_srtp_unprotect(
  srtp_t session, const uint8_t* in, std::size_t inLen, uint8_t* out, std::size_t* outLen)
{
	return parlor_srtp_run(srtp_unprotect, 0, session, in, inLen, out, outLen);
}

inline srtp_err_status_t parlor_srtp_unprotect_rtcp(
  srtp_t session, const uint8_t* in, std::size_t inLen, uint8_t* out, std::size_t* outLen)
{
	return parlor_srtp_run(srtp_unprotect_rtcp, 0, session, in, inLen, out, outLen);
}

// Both take the SSRC in network order, which is how mediasoup gives it.
inline srtp_err_status_t parlor_srtp_stream_remove(srtp_t session, uint32_t ssrc)
{
	return srtp_remove_stream(session, ssrc);
}

#define srtp_policy_t parlor_srtp_policy_t
#define srtp_policy_create parlor_srtp_policy_create
#define srtp_policy_destroy parlor_srtp_policy_destroy
#define srtp_policy_set_ssrc parlor_srtp_policy_set_ssrc
#define srtp_policy_set_profile parlor_srtp_policy_set_profile
#define srtp_policy_add_key parlor_srtp_policy_add_key
#define srtp_policy_set_allow_repeat_tx parlor_srtp_policy_set_allow_repeat_tx
#define srtp_policy_set_window_size parlor_srtp_policy_set_window_size
#define srtp_create parlor_srtp_create
#define srtp_protect parlor_srtp_protect
#define srtp_protect_rtcp parlor_srtp_protect_rtcp
#define srtp_unprotect parlor_srtp_unprotect
#define srtp_unprotect_rtcp parlor_srtp_unprotect_rtcp
#define srtp_stream_remove parlor_srtp_stream_remove

// Codes that libsrtp 3 added; mediasoup only names them in its table of messages.
#define srtp_err_status_buffer_small static_cast<srtp_err_status_t>(28)
#define srtp_err_status_cryptex_err static_cast<srtp_err_status_t>(29)
