import Algebra
import ConstraintSystem

/// A number alpha below 2^128 as a ladder uses it, computed once from its bits and shared by all points it multiplies.
///
/// The odd number 2 floor(alpha / 2) + 1 is the sum of s_i 2^i, i < 128, with s_127 = 1 and s_i = 2 b_{i+1} - 1 for the bits
/// b of alpha. In base 4 its digits are -3, -1, 1 or 3, the leading one 1 or 3.
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

  /// Bits of alpha.
  static var bitCount: Int { 128 }
  /// Digits after the leading one.
  static var windowCount: Int { 63 }

  /// The digits of the number with these bits, least significant first, which the caller has constrained to be 0 or 1;
  /// one row and one trace variable per window.
  init<World: Arithmetic<Element.Field>>(bits: [World.Element], in world: inout World) where World.Element == Element {
    precondition(bits.count == Self.bitCount, "a short number has 128 bits")
    let one = world.constant(.one)
    windows = (0..<Self.windowCount).map { window in
      let high = bits[Self.bitCount - 2 - 2 * window]
      let low = bits[Self.bitCount - 3 - 2 * window]
      let both = world.multiply(high, low)
      return Window(isThree: one - high - low + both + both, sign: high + high - one)
    }
    leadingIsThree = bits[Self.bitCount - 1]
    isOdd = bits[0]
  }
}

/// The bits of a number below 2^128, least significant first.
func shortBits(_ limbs: (low: UInt64, high: UInt64)) -> [Bool] {
  (0..<128).map { (($0 < 64 ? limbs.low : limbs.high) >> UInt64($0 % 64)) & 1 == 1 }
}
