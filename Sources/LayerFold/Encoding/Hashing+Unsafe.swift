import Algebra
import Crypto

extension SHA256 {
  /// Takes in integers by the digests of pieces of 2^18 bytes of their bytes in memory, little endian: hashed concurrently.
  mutating func update(integers: [some FixedWidthInteger]) {
    let digests = integers.withUnsafeBytes { bytes in
      let pieces = SharedBytes(bytes: bytes)
      return Parallel.mapTasks(count: (bytes.count + SharedBytes.pieceLength - 1) / SharedBytes.pieceLength) {
        Array(pieces.digest(ofPiece: $0))
      }
    }
    update(data: digests.flatMap { $0 })
  }
}

/// Bytes that several processors hash, a piece each.
private struct SharedBytes: @unchecked Sendable {
  // SAFETY: borrowed for the duration of the parallel call, and only read.
  let bytes: UnsafeRawBufferPointer

  static let pieceLength = 1 << 18

  func digest(ofPiece index: Int) -> SHA256.Digest {
    let start = index * Self.pieceLength
    var hash = SHA256()
    hash.update(
      bufferPointer: UnsafeRawBufferPointer(rebasing: bytes[start..<min(start + Self.pieceLength, bytes.count)]))
    return hash.finalize()
  }
}
