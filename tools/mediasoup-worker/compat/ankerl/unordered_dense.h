// The part of ankerl::unordered_dense that mediasoup uses, on the standard containers with absl's hash.
//
// Debian has no package of it. absl's own flat_hash_map would be closer, but its erase() returns nothing and
// mediasoup writes `it = map.erase(it)`.
#pragma once

#include <absl/hash/hash.h>

#include <cstddef>
#include <functional>
#include <type_traits>
#include <unordered_map>
#include <unordered_set>

namespace ankerl::unordered_dense
{
	template<class Key, class = void>
	struct hash
	{
		std::size_t operator()(const Key& key) const
		{
			return absl::Hash<Key>{}(key);
		}
	};

	// flatbuffers' scoped enums: hashed as the number they are.
	template<class Key>
	struct hash<Key, std::enable_if_t<std::is_enum_v<Key>>>
	{
		std::size_t operator()(Key key) const
		{
			using Number = std::underlying_type_t<Key>;

			return absl::Hash<Number>{}(static_cast<Number>(key));
		}
	};

	template<class Key, class Value, class Hash = hash<Key>, class Equal = std::equal_to<Key>>
	using map = std::unordered_map<Key, Value, Hash, Equal>;

	template<class Key, class Hash = hash<Key>, class Equal = std::equal_to<Key>>
	using set = std::unordered_set<Key, Hash, Equal>;
} // namespace ankerl::unordered_dense
