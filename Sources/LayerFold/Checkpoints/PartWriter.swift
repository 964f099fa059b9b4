import Algebra
import Crypto
import Folding

/// Writes one part of a checkpoint, beside its place until it is complete, and its digest.
final class PartWriter {
  private let file: StagedFile
  private var digest = SHA256()
  private var length = 0

  /// Field elements that are converted and written at a time.
  private static let piece = 1 << 15

  /// A writer to a file that has just been made.
  init(to file: StagedFile) { self.file = file }

  /// Appends bytes; throws `writeFailed`.
  func write(_ bytes: [UInt8]) throws { try bytes.withUnsafeBytes(append) }

  /// Appends integers in 8 bytes each; throws `writeFailed`.
  func write(_ integers: [Int64]) throws {
    try integers.map { $0.littleEndian }.withUnsafeBytes(append)
  }

  /// Appends field elements, 32 canonical bytes each; throws `writeFailed`.
  func write<F: PrimeField>(_ vector: FieldVector<F>) throws {
    let elements = vector.elements
    for start in stride(from: 0, to: elements.count, by: Self.piece) {
      let words = Parallel.map(count: min(Self.piece, elements.count - start), minimumChunk: 4096) { index in
        let limbs = elements[start + index].canonicalLimbs
        return SIMD4(limbs.0.littleEndian, limbs.1.littleEndian, limbs.2.littleEndian, limbs.3.littleEndian)
      }
      try words.withUnsafeBytes(append)
    }
  }

  /// Makes the file durable under its name and says what is in it; throws `writeFailed`.
  func finish(step: Int) throws -> CheckpointManifest.Entry {
    try file.commit()
    return CheckpointManifest.Entry(step: step, length: length, digest: Array(digest.finalize()))
  }

  private func append(_ bytes: UnsafeRawBufferPointer) throws {
    // SAFETY: the pointer is used during the call only.
    digest.update(bufferPointer: bytes)
    try file.write(bytes)
    length += bytes.count
  }
}
