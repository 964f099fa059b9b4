import Algebra
import Crypto

/// SHA-256 of the SHA-256 digests of all pieces of 2^16 bytes of a byte string, the last one shorter: hashed concurrently.
package enum PieceDigest {
  /// Bytes of a piece.
  private static let pieceLength = 1 << 16

  /// The 32 bytes that stand for `bytes`.
  package static func of(_ bytes: [UInt8]) -> [UInt8] {
    let pieces = Parallel.map(count: (bytes.count + pieceLength - 1) / pieceLength, minimumChunk: 1) { piece in
      Array(SHA256.hash(data: bytes[(piece * pieceLength)...].prefix(pieceLength)))
    }
    return Array(SHA256.hash(data: pieces.flatMap { $0 }))
  }
}
