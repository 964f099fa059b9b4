package import Algebra
import Crypto

/// A Fiat-Shamir transcript over bytes: a chain of SHA3-256 digests, which no circuit of this package computes.
///
/// Every input is framed by a kind, its label and its length, each length in 8 bytes, so that two different sequences of
/// calls never hash the same bytes. With state s:
/// - absorb: s := SHA3-256(1, s, label, bytes);  elements: SHA3-256(2, s, label, element count, modulus, elements);
/// - challenge: two blocks SHA3-256(3, s, label, block index) are 64 little-endian bytes, reduced;
///   s := SHA3-256(4, s, label).
package struct ByteTranscript: Sendable {
  private var state: [UInt8]

  /// A transcript for one use.
  package init(_ domain: String) {
    var frame = Frame(.start, state: [])
    frame.append(lengthPrefixed: Array(domain.utf8))
    state = frame.digest()
  }

  /// Takes in bytes, in place of which no other list of bytes can stand.
  package mutating func absorb(_ bytes: [UInt8], as label: String) {
    var frame = Frame(.bytes, state: state, label: label)
    frame.append(lengthPrefixed: bytes)
    state = frame.digest()
  }

  /// Takes in field elements by their canonical representatives.
  package mutating func absorb<F: PrimeField>(_ elements: [F], as label: String) {
    var frame = Frame(.elements, state: state, label: label)
    frame.append(count: elements.count)
    let modulus = F.modulusLimbs
    for limb in [modulus.0, modulus.1, modulus.2, modulus.3] { frame.append(word: limb) }
    for element in elements {
      let limbs = element.canonicalLimbs
      for limb in [limbs.0, limbs.1, limbs.2, limbs.3] { frame.append(word: limb) }
    }
    state = frame.digest()
  }

  /// Takes in one field element, as a list of one.
  package mutating func absorb<F: PrimeField>(_ element: F, as label: String) { absorb([element], as: label) }

  /// A challenge, uniform up to a distance below 2^-250.
  package mutating func challenge<F: PrimeField>(as label: String) -> F {
    var words: [UInt64] = []
    for block in 0..<2 {
      var frame = Frame(.challenge, state: state, label: label)
      frame.append(count: block)
      let digest = frame.digest()
      for start in stride(from: 0, to: digest.count, by: 8) {
        words.append((0..<8).reduce(UInt64(0)) { $0 | UInt64(digest[start + $1]) << UInt64(8 * $1) })
      }
    }
    state = Frame(.ratchet, state: state, label: label).digest()
    return F(reducing: (words[0], words[1], words[2], words[3]), high: (words[4], words[5], words[6], words[7]))
  }

  /// `count` challenges in order.
  package mutating func challenges<F: PrimeField>(_ count: Int, as label: String) -> [F] {
    (0..<count).map { _ in challenge(as: label) }
  }
}

/// The bytes of one step of the chain.
private struct Frame {
  /// What the step does; the first byte hashed.
  enum Kind: UInt8 { case start, bytes, elements, challenge, ratchet }

  private var bytes: [UInt8]

  init(_ kind: Kind, state: [UInt8]) { bytes = [kind.rawValue] + state }

  init(_ kind: Kind, state: [UInt8], label: String) {
    self.init(kind, state: state)
    append(lengthPrefixed: Array(label.utf8))
  }

  mutating func append(word: UInt64) {
    for byte in 0..<8 { bytes.append(UInt8(truncatingIfNeeded: word >> UInt64(8 * byte))) }
  }

  mutating func append(count: Int) { append(word: UInt64(count)) }

  mutating func append(lengthPrefixed content: [UInt8]) {
    append(count: content.count)
    bytes += content
  }

  func digest() -> [UInt8] { Array(SHA3_256.hash(data: bytes)) }
}
