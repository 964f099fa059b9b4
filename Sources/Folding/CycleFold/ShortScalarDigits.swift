import Algebra
import ConstraintSystem

/// The sizes of short challenges, which fold points.
enum ShortScalar {
  /// Bits of a short challenge.
  static let bitCount = 128
  /// Base-4 digits after the leading one.
  static let windowCount = 63

  /// The bits of a number below 2^128, least significant first; higher bits of `limbs` are dropped.
  static func bits(of limbs: Limbs) -> [Bool] {
    (0..<bitCount).map { (($0 < 64 ? limbs.0 : limbs.1) >> UInt64($0 % 64)) & 1 == 1 }
  }

  /// The places of the two bits of alpha that make the signs of a window.
  static func places(ofWindow window: Int) -> (high: Int, low: Int) {
    (bitCount - 2 - 2 * window, bitCount - 3 - 2 * window)
  }
}

/// A number alpha below 2^128 as a ladder uses it, computed once from its bits and shared by all points it multiplies.
///
/// The odd number 2 floor(alpha / 2) + 1 is the sum of s_i 2^i, i < 128, with s_127 = 1 and s_i = 2 b_{i+1} - 1 for the
/// bits b of alpha. In base 4 its digits are -3, -1, 1 or 3, the leading one 1 or 3.
struct ShortScalarDigits<Element: LinearElement>: Sendable {
  /// One base-4 digit after the leading one: the sign times 1 or 3.
  struct Window: Sendable {
    /// 1 when the digit is 3 or -3, else 0.
    let isThree: Element
    /// The sign, 1 or -1.
    let sign: Element
  }

  /// 1 when the leading digit is 3, 0 when it is 1.
  let leadingIsThree: Element
  /// The other digits, most significant first.
  let windows: [Window]
  /// The lowest bit of alpha.
  let isOdd: Element

  /// The digits of the number with these bits, least significant first, which the caller has constrained to be 0 or 1;
  /// one row and one trace variable per window.
  init<World: Arithmetic<Element.Field>>(bits: [World.Element], in world: inout World) where World.Element == Element {
    precondition(bits.count == ShortScalar.bitCount, "a short number has 128 bits")
    let one = world.constant(.one)
    windows = (0..<ShortScalar.windowCount).map { window in
      let places = ShortScalar.places(ofWindow: window)
      let (high, low) = (bits[places.high], bits[places.low])
      let both = world.multiply(high, low)
      return Window(isThree: one - high - low + both + both, sign: high + high - one)
    }
    leadingIsThree = bits[ShortScalar.bitCount - 1]
    isOdd = bits[0]
  }
}
