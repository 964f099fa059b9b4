extension Curve {
  /// The point that a domain and an index hash to: nobody knows its discrete logarithm, and it is never infinity.
  ///
  /// For counter = 0, 1, ...: x is the 512-bit integer digest(m, 0) + 2^256 digest(m, 1) modulo p, where m is the
  /// curve's name and the domain, each after its length (8 bytes), the index (8 bytes) and the counter (4 bytes), all
  /// little-endian, and the last byte tells the two digests apart; the first x with a point on the curve is taken,
  /// with the even y. Two tries on average. For public inputs only: time depends on them.
  ///
  /// - Parameter digest: a hash function; the first 32 bytes of its result are used.
  package static func hashToCurve(
    domain: String, index: UInt64, digest: @Sendable ([UInt8]) -> [UInt8]
  ) -> AffinePoint<Self> {
    points(domain: domain, indices: [index], digest: digest)[0]
  }

  /// The points that the indices of a range hash to, in order, computed concurrently.
  package static func hashToCurve(
    domain: String, indices: Range<UInt64>, digest: @Sendable ([UInt8]) -> [UInt8]
  ) -> [AffinePoint<Self>] {
    Parallel.mapChunks(count: indices.count, minimumChunk: 16) { range in
      points(domain: domain, indices: range.map { indices.lowerBound + UInt64($0) }, digest: digest)
    }.flatMap { $0 }
  }

  /// The points that these indices hash to: the square roots of all of one counter's candidates are computed together.
  private static func points(
    domain: String, indices: [UInt64], digest: ([UInt8]) -> [UInt8]
  ) -> [AffinePoint<Self>] {
    var prefix: [UInt8] = []
    for text in [name, domain] {
      prefix += littleEndianBytes(UInt64(text.utf8.count))
      prefix += text.utf8
    }
    var result = [AffinePoint<Self>](repeating: .infinity, count: indices.count)
    var pending = Array(indices.indices)
    for counter in UInt32.min...UInt32.max {
      let candidates = pending.map { candidate(prefix, indices[$0], counter, digest) }
      let roots = BaseField.squareRoots(candidates.map { $0.squared() * $0 + b })
      var failed: [Int] = []
      for (place, index) in pending.enumerated() {
        guard let root = roots[place] else {
          failed.append(index)
          continue
        }
        result[index] = AffinePoint(uncheckedX: candidates[place], y: root.isOdd ? -root : root)
      }
      pending = failed
      if pending.isEmpty { return result }
    }
    preconditionFailure("Half of all x have a point; 2^32 tries cannot fail.")
  }

  /// The x coordinate that one counter of one index gives.
  private static func candidate(
    _ prefix: [UInt8], _ index: UInt64, _ counter: UInt32, _ digest: ([UInt8]) -> [UInt8]
  ) -> BaseField {
    let message = prefix + littleEndianBytes(index) + littleEndianBytes(counter)
    guard let low = limbs(littleEndian: digest(message + [0]).prefix(32)),
      let high = limbs(littleEndian: digest(message + [1]).prefix(32))
    else { preconditionFailure("A digest of at least 32 bytes.") }
    return BaseField(reducing: low, high: high)
  }
}

/// The bytes of an integer, least significant first.
private func littleEndianBytes<Integer: FixedWidthInteger>(_ value: Integer) -> [UInt8] {
  (0..<Integer.bitWidth / 8).map { UInt8(truncatingIfNeeded: value >> Integer(8 * $0)) }
}
