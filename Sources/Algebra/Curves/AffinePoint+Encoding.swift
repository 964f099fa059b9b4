// Two encodings, each with exactly one byte string for each point.
//
// Compressed, 32 bytes: x as a little-endian integer below 2^255; the highest bit is set when the canonical y is odd.
// Infinity is 32 bytes of 255, which no x below a modulus gives.
// Uncompressed, 64 bytes: x and y as little-endian integers; infinity is 64 zero bytes.

extension AffinePoint {
  /// Bytes in the compressed encoding.
  package static var compressedByteCount: Int { 32 }
  /// Bytes in the uncompressed encoding.
  package static var uncompressedByteCount: Int { 64 }

  /// The compressed encoding, 32 bytes.
  package var compressed: [UInt8] {
    guard !isInfinity else { return [UInt8](repeating: 255, count: Self.compressedByteCount) }
    var bytes = x.bytes
    if y.isOdd { bytes[31] |= 0x80 }
    return bytes
  }

  /// The uncompressed encoding, 64 bytes.
  package var uncompressed: [UInt8] { x.bytes + y.bytes }

  /// The point with this compressed encoding; one square root.
  ///
  /// - Throws: `AlgebraError` for any byte string that is not the encoding of a point.
  package init(compressed bytes: some Collection<UInt8>) throws(AlgebraError) {
    guard bytes.count == Self.compressedByteCount else {
      throw .encodingLength(expected: Self.compressedByteCount, found: bytes.count)
    }
    guard !bytes.allSatisfy({ $0 == 255 }) else {
      self = .infinity
      return
    }
    var encodedX = Array(bytes)
    let isOdd = encodedX[31] & 0x80 != 0
    encodedX[31] &= 0x7f
    guard let x = C.BaseField(bytes: encodedX) else { throw .encodingNotCanonical }
    guard let root = (x.squared() * x + C.b).squareRoot() else { throw .pointNotOnCurve }
    // y = 0 is on no curve of prime order, so the two roots differ in parity.
    self.init(uncheckedX: x, y: root.isOdd == isOdd ? root : -root)
  }

  /// The point with this uncompressed encoding.
  ///
  /// - Throws: `AlgebraError` for any byte string that is not the encoding of a point.
  package init(uncompressed bytes: some Collection<UInt8>) throws(AlgebraError) {
    guard bytes.count == Self.uncompressedByteCount else {
      throw .encodingLength(expected: Self.uncompressedByteCount, found: bytes.count)
    }
    guard let x = C.BaseField(bytes: bytes.prefix(32)), let y = C.BaseField(bytes: bytes.dropFirst(32)) else {
      throw .encodingNotCanonical
    }
    self.init(uncheckedX: x, y: y)
    guard isOnCurve else { throw .pointNotOnCurve }
  }
}

extension PrimeField {
  /// Whether the canonical representative is odd, which tells a nonzero element from its additive inverse.
  @inlinable package var isOdd: Bool { canonicalLimbs.0 & 1 == 1 }
}
