import Algebra
import Foundation

extension ByteReader {
  /// The next field element, 32 canonical bytes.
  mutating func readElement<F: PrimeField>(_ part: String) throws(EncodingError) -> F {
    guard let element = F(bytes: Array(try read(F.byteCount, part))) else { throw .outOfRange(part: part) }
    return element
  }

  /// The next `count` field elements.
  mutating func readElements<F: PrimeField>(_ count: Int, _ part: String) throws(EncodingError) -> [F] {
    guard count <= remaining / F.byteCount else { throw .truncated(part: part) }
    var elements: [F] = []
    for _ in 0..<count { elements.append(try readElement(part)) }
    return elements
  }

  /// The next point of a curve, compressed in 32 bytes and not infinity.
  mutating func readPoint<C: Curve>(_ part: String) throws(EncodingError) -> AffinePoint<C> {
    let bytes = Array(try read(AffinePoint<C>.compressedByteCount, part))
    do {
      let point = try AffinePoint<C>(compressed: bytes)
      guard !point.isInfinity else { throw EncodingError.outOfRange(part: part) }
      return point
    } catch {
      throw .outOfRange(part: part)
    }
  }

  /// The next `count` points.
  mutating func readPoints<C: Curve>(_ count: Int, _ part: String) throws(EncodingError) -> [AffinePoint<C>] {
    guard count <= remaining / AffinePoint<C>.compressedByteCount else { throw .truncated(part: part) }
    let bytes = Array(try read(count * AffinePoint<C>.compressedByteCount, part))
    let points = AffinePoint<C>.points(compressed: bytes[...]).compactMap(\.self)
    guard points.count == count else { throw .outOfRange(part: part) }
    return points
  }
}

extension ByteWriter {
  /// Appends field elements, 32 canonical bytes each.
  mutating func write<F: PrimeField>(_ elements: [F]) {
    for element in elements { write(element.bytes) }
  }

  /// Appends points, compressed in 32 bytes each.
  mutating func write<C: Curve>(_ points: [AffinePoint<C>]) {
    for point in points { write(point.compressed) }
  }
}
