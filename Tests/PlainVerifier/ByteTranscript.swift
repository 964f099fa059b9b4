import Crypto

/// The chain of SHA3-256 digests (Protocol.md, section 7): the transcript of compression and the digest of keys.
struct ByteTranscript {
  private var state: [UInt8]

  /// A transcript for one use.
  init(_ name: String) { state = Self.digest([0] + framed(Array(name.utf8))) }

  /// Takes in bytes.
  mutating func absorb(_ bytes: [UInt8], as label: String) {
    state = Self.digest([1] + state + framed(Array(label.utf8)) + framed(bytes))
  }

  /// Takes in field elements as one list.
  mutating func absorb<M: Modulus>(_ elements: [Residue<M>], as label: String) {
    // modulus - 1, its lowest limb one more: the modulus is odd.
    var modulus = (-Residue<M>.one).bytes
    modulus[0] += 1
    state = Self.digest(
      [2] + state + framed(Array(label.utf8)) + number(elements.count) + modulus + elements.flatMap(\.bytes))
  }

  /// Takes in points as one list, uncompressed.
  mutating func absorb<C: Curve>(_ points: [Point<C>], as label: String) {
    absorb(points.flatMap(\.uncompressed), as: label)
  }

  /// A challenge.
  mutating func squeeze<M: Modulus>(_ label: String) -> Residue<M> {
    let name = framed(Array(label.utf8))
    let blocks = (0..<2).flatMap { Self.digest([3] + state + name + number($0)) }
    state = Self.digest([4] + state + name)
    return Residue(reducing: littleEndianWords(blocks))
  }

  /// Challenges under one label.
  mutating func squeeze<M: Modulus>(_ count: Int, _ label: String) -> [Residue<M>] {
    (0..<count).map { _ in squeeze(label) }
  }

  /// SHA3-256.
  static func digest(_ bytes: [UInt8]) -> [UInt8] { Array(SHA3_256.hash(data: bytes)) }

  /// SHA-256 of the SHA-256 digests of all pieces of 2^16 bytes.
  static func digest(pieces bytes: [UInt8]) -> [UInt8] {
    let pieces = stride(from: 0, to: bytes.count, by: 1 << 16).map { bytes[$0..<min($0 + 1 << 16, bytes.count)] }
    return Array(SHA256.hash(data: pieces.flatMap { Array(SHA256.hash(data: $0)) }))
  }
}

/// A number in 8 bytes.
private func number(_ value: Int) -> [UInt8] { (0..<8).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) } }

/// Bytes after their number in 8 bytes.
private func framed(_ bytes: [UInt8]) -> [UInt8] { number(bytes.count) + bytes }
