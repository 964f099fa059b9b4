import Algebra
import Foundation

extension ByteReader {
  /// The next `count` integers of 8 bytes.
  mutating func readIntegers(_ count: Int, _ part: String) throws(EncodingError) -> [Int64] {
    try readWords(count, per: 1, part).map { Int64(bitPattern: $0) }
  }

  /// The next `count` field elements, 32 canonical bytes each, read by all processors.
  mutating func readVector<F: PrimeField>(_ count: Int, _ part: String) throws(EncodingError) -> FieldVector<F> {
    let words = try readWords(count, per: 4, part)
    let pieces: [[F]] = Parallel.mapChunks(count: count, minimumChunk: 4096) { range in
      range.compactMap { F(canonicalLimbs: (words[4 * $0], words[4 * $0 + 1], words[4 * $0 + 2], words[4 * $0 + 3])) }
    }
    let elements = pieces.flatMap(\.self)
    guard elements.count == count else { throw .outOfRange(part: part) }
    return FieldVector(elements)
  }

  /// The next `count` groups of numbers of 8 bytes.
  private mutating func readWords(_ count: Int, per group: Int, _ part: String) throws(EncodingError) -> [UInt64] {
    guard count >= 0, count <= remaining / (8 * group) else { throw .truncated(part: part) }
    let bytes = try read(8 * group * count, part)
    return [UInt64](unsafeUninitializedCapacity: group * count) { buffer, initialized in
      // SAFETY: the buffer has room for exactly these bytes, and every bit pattern is a number.
      bytes.copyBytes(to: UnsafeMutableRawBufferPointer(buffer))
      for index in buffer.indices.prefix(group * count) { buffer[index] = UInt64(littleEndian: buffer[index]) }
      initialized = group * count
    }
  }
}
