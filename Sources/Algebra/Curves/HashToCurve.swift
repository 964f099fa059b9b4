extension Curve {
  /// The point that a domain and an index hash to: nobody knows its discrete logarithm, and it is never infinity.
  ///
  /// For counter = 0, 1, ...: x is the 512-bit integer digest(m, 0) + 2^256 digest(m, 1) modulo p, where m is the
  /// curve's name and the domain, each after its length (8 bytes), the index (8 bytes) and the counter (4 bytes), all
  /// little-endian, and the last byte tells the two digests apart; the first x with a point on the curve is taken, with the even y.
  /// Two tries on average. For public inputs only: time depends on them.
  ///
  /// - Parameter digest: a hash function; the first 32 bytes of its result are used.
  package static func hashToCurve(
    domain: String, index: UInt64, digest: ([UInt8]) -> [UInt8]
  ) -> AffinePoint<Self> {
    var message: [UInt8] = []
    for text in [name, domain] {
      message += littleEndianBytes(UInt64(text.utf8.count))
      message += text.utf8
    }
    message += littleEndianBytes(index)
    for counter in UInt32.min...UInt32.max {
      let block = message + littleEndianBytes(counter)
      guard let low = limbs(littleEndian: digest(block + [0]).prefix(32)),
        let high = limbs(littleEndian: digest(block + [1]).prefix(32))
      else { preconditionFailure("A digest of at least 32 bytes.") }
      let x = BaseField(reducing: low, high: high)
      guard let root = (x.squared() * x + b).squareRoot() else { continue }
      return AffinePoint(uncheckedX: x, y: root.isOdd ? -root : root)
    }
    preconditionFailure("Half of all x have a point; 2^32 tries cannot fail.")
  }

  /// The points that the indices of a range hash to, in order, computed concurrently.
  package static func hashToCurve(
    domain: String, indices: Range<UInt64>, digest: @Sendable ([UInt8]) -> [UInt8]
  ) -> [AffinePoint<Self>] {
    Parallel.map(count: indices.count, minimumChunk: 16) {
      hashToCurve(domain: domain, index: indices.lowerBound + UInt64($0), digest: digest)
    }
  }
}

/// The bytes of an integer, least significant first.
private func littleEndianBytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Integer(8 * $0)) }
}
