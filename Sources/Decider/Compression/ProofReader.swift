import Algebra
import Commitment

/// Reads the parts of a proof whose length is known beforehand.
struct ProofReader {
  private let bytes: [UInt8]
  private var offset = 0

  /// A reader of exactly `count` bytes.
  init(_ bytes: [UInt8], count: Int) throws(DeciderError) {
    guard bytes.count == count else { throw .encodingLength(expected: count, found: bytes.count) }
    self.bytes = bytes
  }

  /// The next elements.
  mutating func elements<F: PrimeField>(_ count: Int) throws(DeciderError) -> [F] {
    var elements: [F] = []
    for _ in 0..<count {
      guard let element = F(bytes: bytes[offset..<(offset + 32)]) else { throw .encoding(offset: offset) }
      elements.append(element)
      offset += 32
    }
    return elements
  }

  /// The next points, none of them infinity.
  mutating func points<C: Curve>(_ count: Int) throws(DeciderError) -> [AffinePoint<C>] {
    let start = offset
    offset += count * AffinePoint<C>.compressedByteCount
    var points: [AffinePoint<C>] = []
    for (index, point) in AffinePoint<C>.points(compressed: bytes[start..<offset]).enumerated() {
      guard let point else { throw .encoding(offset: start + index * AffinePoint<C>.compressedByteCount) }
      points.append(point)
    }
    return points
  }

  /// The next round messages.
  mutating func rounds<F: PrimeField>(_ count: Int, degree: Int) throws(DeciderError) -> [RoundPolynomial<F>] {
    var rounds: [RoundPolynomial<F>] = []
    for _ in 0..<count { rounds.append(RoundPolynomial(try elements(degree))) }
    return rounds
  }

  /// The next opening.
  mutating func opening<C: Curve>(variables: Int) throws(DeciderError) -> InnerProductProof<C> {
    let end = offset + InnerProductProof<C>.byteCount(variables: variables)
    defer { offset = end }
    do {
      return try InnerProductProof(encoded: bytes[offset..<end], variables: variables)
    } catch { throw .encoding(offset: offset) }
  }
}
