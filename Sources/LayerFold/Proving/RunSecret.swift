import Crypto
import Foundation

/// The 32 random bytes from which everything random in one proof is expanded, so that a run that is resumed makes the very
/// proof that it would have made without a stop.
///
/// Each purpose has a key of its own, HMAC-SHA256(secret; purpose, index, context), where the context is a digest of what
/// the randomness is about to hide. So the same randomness never hides two different things, whatever went wrong in between.
/// The bytes are overwritten when the last copy of the value is gone.
struct RunSecret: Sendable, Equatable {
  /// What randomness is for.
  enum Purpose: String {
    /// The random running instances that accumulators start from.
    case starts = "starts"
    /// The salt of one inference's prompt; the index counts inferences.
    case salt = "salt"
    /// The blinders of one step and of the fold before it; the index counts steps.
    case step = "step"
    /// The masks and blinders of compression.
    case compression = "compression"
  }

  private let key: SymmetricKey

  /// Bytes of a secret.
  static let byteCount = 32

  /// A fresh secret.
  init(using generator: inout some RandomNumberGenerator) {
    self.init(bytes: (0..<Self.byteCount).map { _ in UInt8.random(in: .min ... .max, using: &generator) })
  }

  /// The secret with these 32 bytes.
  init(bytes: [UInt8]) {
    precondition(bytes.count == Self.byteCount, "A secret has 32 bytes.")
    key = SymmetricKey(data: bytes)
  }

  /// A copy of the bytes.
  var bytes: [UInt8] { key.withUnsafeBytes { Array($0) } }

  /// The randomness of one purpose.
  ///
  /// - Parameter context: a digest of what it will hide; none where nothing is known yet.
  func generator(for purpose: Purpose, index: Int = 0, context: [UInt8] = []) -> ExpandedRandomness {
    var writer = ByteWriter()
    writer.write(lengthPrefixed: Array(purpose.rawValue.utf8))
    writer.write(UInt64(index))
    writer.write(lengthPrefixed: context)
    let code = HMAC<SHA256>.authenticationCode(for: writer.bytes, using: key)
    return ExpandedRandomness(key: SymmetricKey(data: code))
  }
}

extension RunSecret: CustomStringConvertible, CustomReflectable {
  /// Says nothing of the bytes.
  var description: String { "a secret" }
  /// Shows nothing of the bytes.
  var customMirror: Mirror { Mirror(self, children: []) }
}

/// The key stream of ChaCha20, read as little-endian numbers: piece i is the encryption of 1,024 zero bytes by AEAD_CHACHA20_POLY1305
/// under the key and the nonce i (12 bytes, little endian), for i = 0, 1, ..
///
/// - seealso: RFC 8439.
struct ExpandedRandomness: RandomNumberGenerator, Sendable {
  private let key: SymmetricKey
  private var pieces: UInt64 = 0
  private var words = [UInt64](repeating: 0, count: Self.pieceLength / 8)
  private var position = Self.pieceLength / 8

  private static let pieceLength = 1024

  /// The expansion of a key of 32 bytes.
  init(key: SymmetricKey) {
    precondition(key.bitCount == 256, "A key of ChaCha20.")
    self.key = key
  }

  /// The next 64 bits.
  mutating func next() -> UInt64 {
    if position == words.count { refill() }
    defer {
      words[position] = 0
      position += 1
    }
    return words[position]
  }

  private mutating func refill() {
    var writer = ByteWriter()
    writer.write(pieces)
    pieces += 1
    let zeros = [UInt8](repeating: 0, count: Self.pieceLength)
    guard let nonce = try? ChaChaPoly.Nonce(data: writer.bytes + [0, 0, 0, 0]),
      let sealed = try? ChaChaPoly.seal(zeros, using: key, nonce: nonce)
    else { preconditionFailure("A key and a nonce of the cipher's lengths.") }
    for (place, byte) in sealed.ciphertext.enumerated() { words[place >> 3] |= UInt64(byte) << UInt64(8 * (place & 7)) }
    position = 0
  }
}
