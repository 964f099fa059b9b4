import CGMP

/// A prime of 254 bits.
package protocol Modulus: Sendable {
  /// Its limbs of 64 bits, least significant first.
  static var limbs: (UInt, UInt, UInt, UInt) { get }
  /// The limbs of 2^508 divided by it, rounded down.
  static var reciprocal: (UInt, UInt, UInt, UInt) { get }
}

/// 2^508 divided by a number of 254 bits, rounded down: below 2^255.
private func reciprocal(_ limbs: (UInt, UInt, UInt, UInt)) -> (UInt, UInt, UInt, UInt) {
  var (quotient, rest) = ([UInt](repeating: 0, count: 5), [UInt](repeating: 0, count: 4))
  // SAFETY: the arrays have the lengths that GMP asks for, 8 - 4 + 1 for the quotient, 4 for remainder and divisor.
  __gmpn_tdiv_qr(&quotient, &rest, 0, [0, 0, 0, 0, 0, 0, 0, 1 << 60], 8, [limbs.0, limbs.1, limbs.2, limbs.3], 4)
  return (quotient[0], quotient[1], quotient[2], quotient[3])
}

/// r, the order of BN254's first group.
package enum ModulusR: Modulus {
  /// r.
  package static var limbs: (UInt, UInt, UInt, UInt) {
    (0x43e1_f593_f000_0001, 0x2833_e848_79b9_7091, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
  }
  /// 2^508 / r.
  package static let reciprocal = PlainVerifier.reciprocal(limbs)
}

/// q, the prime that coordinates of BN254's first group are taken by, and the order of Grumpkin.
package enum ModulusQ: Modulus {
  /// q.
  package static var limbs: (UInt, UInt, UInt, UInt) {
    (0x3c20_8c16_d87c_fd47, 0x9781_6a91_6871_ca8d, 0xb850_45b6_8181_585d, 0x3064_4e72_e131_a029)
  }
  /// 2^508 / q.
  package static let reciprocal = PlainVerifier.reciprocal(limbs)
}

/// An integer modulo a prime, always the least nonnegative one; sums and products by GMP's `mpn` functions.
package struct Residue<M: Modulus>: Hashable, Sendable {
  /// The four limbs, least significant first.
  private(set) var limbs: Limbs

  /// Four limbs, least significant first.
  struct Limbs: Hashable, Sendable {
    var l0: UInt = 0
    var l1: UInt = 0
    var l2: UInt = 0
    var l3: UInt = 0
  }

  private init(_ limbs: Limbs) { self.limbs = limbs }

  /// A small integer.
  package init(_ value: Int) {
    let magnitude = Self(Limbs(l0: value.magnitude))
    self = value < 0 ? Self.zero - magnitude : magnitude
  }

  /// An integer of four or more limbs, reduced.
  package init(reducing wide: [UInt]) {
    precondition(wide.count >= 4, "at least as many limbs as the modulus has")
    var quotient = [UInt](repeating: 0, count: wide.count - 3)
    var rest: [UInt] = [0, 0, 0, 0]
    let modulus = [M.limbs.0, M.limbs.1, M.limbs.2, M.limbs.3]
    // SAFETY: the arrays have the lengths that GMP asks for: n - 4 + 1 for the quotient, 4 for remainder and divisor.
    __gmpn_tdiv_qr(&quotient, &rest, 0, wide, wide.count, modulus, 4)
    self.init(Limbs(l0: rest[0], l1: rest[1], l2: rest[2], l3: rest[3]))
  }

  /// 32 little-endian bytes; nil unless they are a number below the modulus.
  package init?(bytes: some Collection<UInt8>) {
    guard bytes.count == 32 else { return nil }
    let words = littleEndianWords(bytes)
    let reduced = Self(reducing: words)
    guard reduced.words == words else { return nil }
    self = reduced
  }

  /// The four limbs as a list.
  package var words: [UInt] { [limbs.l0, limbs.l1, limbs.l2, limbs.l3] }

  /// 32 little-endian bytes.
  package var bytes: [UInt8] {
    words.flatMap { word in (0..<8).map { UInt8(truncatingIfNeeded: word >> UInt(8 * $0)) } }
  }

  /// Whether the number is odd.
  package var isOdd: Bool { limbs.l0 & 1 == 1 }
  /// 0.
  package static var zero: Self { Self(Limbs()) }
  /// 1.
  package static var one: Self { Self(Limbs(l0: 1)) }
}

/// Little-endian bytes, a multiple of eight, as numbers of 64 bits.
func littleEndianWords(_ bytes: some Collection<UInt8>) -> [UInt] {
  var words = [UInt](repeating: 0, count: bytes.count / 8)
  for (place, byte) in bytes.enumerated() { words[place / 8] |= UInt(byte) << UInt(8 * (place % 8)) }
  return words
}

// MARK: - Arithmetic

extension Residue {
  /// The sum.
  package static func + (left: Self, right: Self) -> Self {
    compute(left, right) { scratch in
      _ = __gmpn_add_n(scratch + 12, scratch, scratch + 4, 4)
      if __gmpn_cmp(scratch + 12, scratch + 8, 4) >= 0 {
        _ = __gmpn_sub_n(scratch + 12, scratch + 12, scratch + 8, 4)
      }
    }
  }

  /// The difference.
  package static func - (left: Self, right: Self) -> Self {
    compute(left, right) { scratch in
      if __gmpn_sub_n(scratch + 12, scratch, scratch + 4, 4) != 0 {
        _ = __gmpn_add_n(scratch + 12, scratch + 12, scratch + 8, 4)
      }
    }
  }

  /// The product x, less the multiple of the modulus m that (x >> 252) (2^508 / m) >> 256 estimates. The three numbers rounded
  /// down, x >> 252 among them, make the estimate at most two too small.
  ///
  /// - seealso: Menezes, van Oorschot and Vanstone, "Handbook of Applied Cryptography", section 14.3.3 (Barrett).
  package static func * (left: Self, right: Self) -> Self {
    compute(left, right) { scratch in
      let (product, shifted, estimate, multiple, inverse) =
        (scratch + 16, scratch + 24, scratch + 29, scratch + 37, scratch + 45)
      (inverse[0], inverse[1], inverse[2], inverse[3]) = M.reciprocal
      __gmpn_mul_n(product, scratch, scratch + 4, 4)
      _ = __gmpn_rshift(shifted, product + 3, 5, 60)
      __gmpn_mul_n(estimate, shifted, inverse, 4)
      __gmpn_mul_n(multiple, estimate + 4, scratch + 8, 4)
      // The rest is below three times the modulus and so has four limbs.
      _ = __gmpn_sub_n(scratch + 12, product, multiple, 4)
      while __gmpn_cmp(scratch + 12, scratch + 8, 4) >= 0 {
        _ = __gmpn_sub_n(scratch + 12, scratch + 12, scratch + 8, 4)
      }
    }
  }

  /// The opposite.
  package static prefix func - (value: Self) -> Self { zero - value }
  /// Adds to a sum.
  package static func += (left: inout Self, right: Self) { left = left + right }
  /// Multiplies a product.
  package static func *= (left: inout Self, right: Self) { left = left * right }

  /// What `body` leaves in limbs 12 to 15 of a scratch area: limbs 0 to 3 hold `left`, 4 to 7 `right`, 8 to 11 the modulus,
  /// and 16 to 48 are free.
  // SAFETY: the area has 49 limbs, and everything GMP is told to write or read above lies inside it; only `mpn_add_n` and
  // `mpn_sub_n` get overlapping operands, which they allow when they coincide.
  private static func compute(_ left: Self, _ right: Self, _ body: (UnsafeMutablePointer<UInt>) -> Void) -> Self {
    withUnsafeTemporaryAllocation(of: UInt.self, capacity: 49) { buffer in
      guard let scratch = buffer.baseAddress else { preconditionFailure("an allocation has an address") }
      let modulus = M.limbs
      (scratch[0], scratch[1], scratch[2], scratch[3]) = (left.limbs.l0, left.limbs.l1, left.limbs.l2, left.limbs.l3)
      (scratch[4], scratch[5], scratch[6], scratch[7]) = (
        right.limbs.l0, right.limbs.l1, right.limbs.l2, right.limbs.l3
      )
      (scratch[8], scratch[9], scratch[10], scratch[11]) = modulus
      body(scratch)
      return Self(Limbs(l0: scratch[12], l1: scratch[13], l2: scratch[14], l3: scratch[15]))
    }
  }

  /// The power with an exponent of 64-bit limbs, least significant first.
  func power(_ exponent: [UInt]) -> Self {
    var result = Self.one
    for limb in exponent.reversed() {
      for bit in (0..<UInt(64)).reversed() {
        result *= result
        if limb >> bit & 1 == 1 { result *= self }
      }
    }
    return result
  }

  /// The inverse by Fermat's little theorem; 0 for 0.
  var inverse: Self { power((Self.zero - Self(2)).words) }

  /// A square root by the algorithm of Tonelli and Shanks, or nil.
  var squareRoot: Self? {
    if self == .zero { return self }
    let half = halved((-Self.one).words)
    guard power(half) == .one else { return nil }
    // modulus - 1 = 2^shift odd.
    var (odd, shift) = ((-Self.one).words, 0)
    while odd[0] & 1 == 0 {
      odd = halved(odd)
      shift += 1
    }
    var nonresidue = Self(2)
    while nonresidue.power(half) == .one { nonresidue += .one }
    var generator = nonresidue.power(odd)
    // Always: root^2 = self * error, the order of error is a power of two below 2^shift, that of generator is 2^shift.
    var root = self * power(halved(odd))
    var error = root * power(halved(odd))
    while error != .one {
      var order = 0
      var power = error
      while power != .one {
        power *= power
        order += 1
      }
      for _ in 0..<shift - order - 1 { generator *= generator }
      root *= generator
      generator *= generator
      error *= generator
      shift = order
    }
    return root
  }
}

/// Half of a number of 64-bit limbs, rounded down.
private func halved(_ limbs: [UInt]) -> [UInt] {
  limbs.indices.map { limbs[$0] >> 1 | ($0 + 1 < limbs.count ? limbs[$0 + 1] << 63 : 0) }
}

/// The field of scalars of BN254, where everything is computed.
package typealias F = Residue<ModulusR>
/// The field of its coordinates.
package typealias Fq = Residue<ModulusQ>
