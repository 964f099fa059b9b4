import Algebra
import ConstraintSystem
package import Transcript

/// How elements of Fq enter hashes over F.
///
/// Such an element is a number x below q, and r < q < 2 r, so x and x + r may both be below q: two elements of Fq that are equal
/// modulo r. As r is odd, they differ in their lowest bit. So x stands as x modulo r and, beside it, its lowest digit, which is
/// range-checked in circuits; as many digits as fit are packed into an element.
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

  /// The numbers modulo r, then their lowest digits, packed.
  static func elements(_ numbers: [BaseField], digitBits: Int) -> [ScalarField] {
    numbers.map { ScalarField(reducing: $0.canonicalLimbs) } + lowest(of: numbers, digitBits: digitBits)
  }

  /// The same in a circuit.
  static func elements<World: CircuitArithmetic>(
    _ numbers: [LimbedElement<World>], digitBits: Int
  ) -> [World.Element] where World.Field == ScalarField {
    numbers.map(\.scalar) + packed(numbers.map(\.lowest), digitBits: digitBits)
  }

  /// The lowest digits, packed.
  fileprivate static func lowest(of numbers: some Sequence<BaseField>, digitBits: Int) -> [ScalarField] {
    let mask = UInt64(1) << UInt64(digitBits) - 1
    return packed(numbers.map { ScalarField($0.canonicalLimbs.0 & mask) }, digitBits: digitBits)
  }
}

extension CycleFoldStatement {
  /// Absorbs the lowest digits of all coordinates, whose values modulo r the transcript takes in elsewhere: the first thing in
  /// the fold of a claim's instance.
  package func absorbEncoding(digitBits: Int, into transcript: inout PoseidonSponge) {
    transcript.absorb(CycleFoldEncoding.lowest(of: publics.dropFirst(), digitBits: digitBits))
  }
}
