// SAFETY: an affine point is two field elements, x and y, and nothing else.

extension AffinePoint {
  /// The points that uncompressed encodings stand for, one behind the other, concurrently; infinity for what does not: a
  /// coordinate that is not below the modulus, or, where that is to be checked, a point that is not on the curve.
  @specialized(where C == BN254)
  @specialized(where C == Grumpkin)
  package static func points(encoded bytes: ArraySlice<UInt8>, checkingCurve: Bool) -> [Self] {
    precondition(bytes.count % uncompressedByteCount == 0, "Whole points.")
    return bytes.withUnsafeBufferPointer { bytes in
      guard let base = bytes.baseAddress else { return [] }
      let source = SharedConstant(base: base)
      return Parallel.fill(count: bytes.count / uncompressedByteCount, minimumChunk: 256) { range, target in
        for start in stride(from: range.lowerBound, to: range.upperBound, by: blockLength) {
          let count = min(blockLength, range.upperBound - start)
          read(
            source.base + uncompressedByteCount * start, count: count, checkingCurve,
            into: target + (start - range.lowerBound))
        }
      }
    }
  }

  /// The points that compressed encodings stand for, one behind the other, concurrently, a square root each; nil for what
  /// encodes no point, or infinity.
  @specialized(where C == BN254)
  @specialized(where C == Grumpkin)
  package static func points(compressed bytes: ArraySlice<UInt8>) -> [Self?] {
    precondition(bytes.count % compressedByteCount == 0, "Whole points.")
    return Parallel.map(count: bytes.count / compressedByteCount, minimumChunk: 4) { index in
      let start = bytes.startIndex + compressedByteCount * index
      let point = try? Self(compressed: bytes[start..<start + compressedByteCount])
      return point.flatMap { $0.isInfinity ? nil : $0 }
    }
  }

  /// Points that are read at once, so that they stay in a processor's cache.
  private static var blockLength: Int { 512 }

  private static func read(
    _ bytes: UnsafeRawPointer, count: Int, _ checkingCurve: Bool, into points: UnsafeMutablePointer<Self>
  ) {
    let coordinates = UnsafeMutableRawPointer(points).assumingMemoryBound(to: C.BaseField.self)
    guard C.BaseField.read(bytes, into: coordinates, count: 2 * count) else {
      // Some are no numbers below the modulus: one after the other.
      for index in 0..<count {
        let pair = coordinates + 2 * index
        guard C.BaseField.read(bytes + uncompressedByteCount * index, into: pair, count: 2) else {
          (points + index).initialize(to: .infinity)
          continue
        }
        if checkingCurve && !points[index].isOnCurve { points[index] = .infinity }
      }
      return
    }
    guard checkingCurve else { return }
    withUnsafeTemporaryAllocation(of: C.BaseField.self, capacity: 4 * count) { scratch in
      guard let squares = scratch.baseAddress else { return }
      let cubes = squares + 2 * count
      C.BaseField.multiply(coordinates, coordinates, into: squares, count: 2 * count)
      C.BaseField.multiply(squares, coordinates, into: cubes, count: 2 * count)
      for index in 0..<count where squares[2 * index + 1] != cubes[2 * index] + C.b { points[index] = .infinity }
    }
  }
}
