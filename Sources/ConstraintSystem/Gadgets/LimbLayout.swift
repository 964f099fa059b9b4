import Algebra

/// How numbers below q are cut into digits of w bits, and how products of them are checked modulo 2^(2 s).
///
/// A number x is low + 2^128 high, each half in its own digits. For products, x = limb0 + 2^s limb1 modulo 2^(2 s): limb0 is
/// the digits below s, a multiple of w; limb1 takes the other digits of `low`, and those of `high` that matter.
struct LimbLayout: Hashable, Sendable {
  /// The width of a digit (w), 8 to 16.
  let digitBits: Int

  /// A layout for digits of 8 to 16 bits.
  init(digitBits: Int) {
    precondition((8...16).contains(digitBits), "Digits of 8 to 16 bits.")
    self.digitBits = digitBits
  }

  /// Digits that hold `bits` bits.
  func digits(for bits: Int) -> Int { (bits + digitBits - 1) / digitBits }

  /// Digits of the low 128 bits.
  var lowDigits: Int { digits(for: 128) }
  /// Digits of the high 126 bits.
  var highDigits: Int { digits(for: 126) }
  /// Bits of the low digits beyond 128.
  var excess: Int { lowDigits * digitBits - 128 }
  /// The weight of limb1 (s): at least 73 and at most 88.
  var limbBits: Int { digits(for: 73) * digitBits }
  /// Digits of `high` that are not multiples of 2^(2 s).
  var limbHighDigits: Int { digits(for: 2 * limbBits - 128) }
  /// limb1 is below 2^limb1Bits, at most s + w - 1.
  var limb1Bits: Int { 128 + limbHighDigits * digitBits - limbBits }

  /// Digits of the carry at 2^s: a number below 2^129 for an honest prover.
  var carry0Digits: Int { digits(for: 129) }
  /// Digits of the carry at 2^(2 s): a number below 2^(130 + limb1Bits - s) for an honest prover.
  var carry1Digits: Int { digits(for: 130 + limb1Bits - limbBits) }

  /// The `count` digits from bit `start` on of a number of at most 256 bits.
  func digits(of limbs: Limbs, from start: Int, count: Int) -> [UInt64] {
    let words = [limbs.0, limbs.1, limbs.2, limbs.3, 0]
    return (0..<count).map { digit in
      let bit = start + digit * digitBits
      guard bit < 256 else { return 0 }
      let shift = UInt64(bit % 64)
      let upper = shift == 0 ? 0 : words[bit / 64 + 1] << (64 - shift)
      return (words[bit / 64] >> shift | upper) & (1 << UInt64(digitBits) - 1)
    }
  }

  /// A number modulo 2^s, and its quotient by 2^s modulo 2^s.
  func limbs(of number: Limbs) -> (ScalarField, ScalarField) {
    let number = BigInteger(number)
    let weight = BigInteger(1) << limbBits
    return (ScalarField(number.modulo(weight)), ScalarField((number >> limbBits).modulo(weight)))
  }

  /// The digits of a number below 2^256 cut at bit 128: those of the low half, then those of the high half.
  func halves(of limbs: Limbs) -> [UInt64] {
    digits(of: (limbs.0, limbs.1, 0, 0), from: 0, count: lowDigits)
      + digits(of: (limbs.2, limbs.3, 0, 0), from: 0, count: highDigits)
  }
}

/// Constants of numbers below q inside the scalar field.
enum LimbConstants {
  /// 2^128.
  static let twoTo128 = ScalarField(reducing: (0, 0, 1, 0))
  /// The low 128 bits of q - 1.
  static let lowLast = ScalarField(reducing: (last.0, last.1, 0, 0))
  /// The other bits of q - 1.
  static let highLast = ScalarField(reducing: (last.2, last.3, 0, 0))
  /// q modulo r.
  static let modulus = ScalarField(reducing: BaseField.modulusLimbs)

  /// q - 1.
  private static let last = (-BaseField.one).canonicalLimbs

  /// 2^exponent.
  static func power(_ exponent: Int) -> ScalarField {
    precondition((0..<256).contains(exponent), "A power below 2^256.")
    var words: [UInt64] = [0, 0, 0, 0]
    words[exponent / 64] = 1 << UInt64(exponent % 64)
    return ScalarField(reducing: (words[0], words[1], words[2], words[3]))
  }
}
