import Algebra
import ConstraintSystem
package import Transcript

/// What a transcript takes in of the coordinates of a CycleFold claim, beside their values modulo r.
///
/// A coordinate is a number x below q, and r < q < 2 r, so x and x + r may both be below q: two elements of Fq that are equal
/// modulo r. As r is odd, they differ in their lowest bit. The lowest digits of all coordinates are range-checked, and
/// as many as fit are packed into an element.
package enum CycleFoldEncoding {
  /// The sums of 2^(digitBits i) digit_i over groups of floor(253 / digitBits) digits.
  static func packed<Element: LinearElement>(_ digits: [Element], digitBits: Int) -> [Element]
  where Element.Field == ScalarField {
    let base = ScalarField(UInt64(1) << UInt64(digitBits))
    let group = 253 / digitBits
    return stride(from: 0, to: digits.count, by: group).map { start in
      digits[start..<min(start + group, digits.count)].reversed().reduce(.zero) { base * $0 + $1 }
    }
  }
}

extension CycleFoldStatement {
  /// Absorbs the lowest digits of all coordinates, the first thing in the fold of a claim's instance.
  package func absorbEncoding(digitBits: Int, into transcript: inout PoseidonSponge) {
    let mask = UInt64(1) << UInt64(digitBits) - 1
    let digits = publics.dropFirst().map { ScalarField($0.canonicalLimbs.0 & mask) }
    transcript.absorb(CycleFoldEncoding.packed(digits, digitBits: digitBits))
  }
}
