extension PrimeField {
  /// Bytes in an encoded element.
  @inlinable package static var byteCount: Int { 32 }

  /// The canonical representative as 32 little-endian bytes.
  @inlinable package var bytes: [UInt8] {
    let limbs = canonicalLimbs
    var result: [UInt8] = []
    result.reserveCapacity(Self.byteCount)
    for limb in [limbs.0, limbs.1, limbs.2, limbs.3] {
      for byte in 0..<8 { result.append(UInt8(truncatingIfNeeded: limb >> UInt64(8 * byte))) }
    }
    return result
  }

  /// The element whose canonical representative is these 32 little-endian bytes; nil for any other length and for a
  /// value that is not below the modulus.
  @inlinable package init?(bytes: some Collection<UInt8>) {
    guard let limbs = limbs(littleEndian: bytes) else { return nil }
    self.init(canonicalLimbs: limbs)
  }

  /// The element represented by 1 to 64 hexadecimal digits, most significant first, after an optional `0x`; nil for
  /// anything else and for a value that is not below the modulus.
  @inlinable package init?(hexadecimal text: String) {
    let digits = text.hasPrefix("0x") ? text.dropFirst(2) : text[...]
    guard (1...64).contains(digits.utf8.count) else { return nil }
    var words: [UInt64] = [0, 0, 0, 0]
    for (place, digit) in digits.reversed().enumerated() {
      guard digit.isASCII, let value = digit.hexDigitValue else { return nil }
      words[place / 16] |= UInt64(value) << UInt64(4 * (place % 16))
    }
    self.init(canonicalLimbs: (words[0], words[1], words[2], words[3]))
  }

  /// The canonical representative as `0x` and 64 hexadecimal digits.
  @inlinable package var description: String {
    let digits = Array("0123456789abcdef")
    var text = "0x"
    for byte in bytes.reversed() {
      text.append(digits[Int(byte >> 4)])
      text.append(digits[Int(byte & 15)])
    }
    return text
  }
}

/// Four limbs from exactly 32 little-endian bytes; nil for any other length.
@inlinable func limbs(littleEndian bytes: some Collection<UInt8>) -> Limbs? {
  guard bytes.count == 32 else { return nil }
  var words: [UInt64] = [0, 0, 0, 0]
  for (place, byte) in bytes.enumerated() { words[place / 8] |= UInt64(byte) << UInt64(8 * (place % 8)) }
  return (words[0], words[1], words[2], words[3])
}
