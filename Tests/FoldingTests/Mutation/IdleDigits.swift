import Algebra
import ConstraintSystem

// Changes that make no difference to anybody: of digits that are 0 in every solution, those of quotients by q where the number that is
// multiplied has few bits; and of constant factors into variables of the hash.
extension RowAttack {
  /// Whether an altered row says z B = 0 where the row says B = 0, z being a variable inside a permutation: who has B other than 0
  /// needs an input of the hash for which z is 0.
  func needsZeroOfHash(_ alteration: RowAlteration<Field>) -> Bool {
    guard alteration.change == .variable, alteration.side < 2,
      case .row(let row) = program.steps[Int(program.stepOfRow[alteration.row])], row.c.terms.isEmpty,
      case .block = program.steps[Int(program.definitions[alteration.column])]
    else { return false }
    return (alteration.side == 0 ? row.a : row.b).terms.map(\.column) == [0]
  }

  /// Whether an altered row of a fold of elements of Fq, x' = x1 + rho x2 mod q, has the solutions of the row: what is altered is the
  /// coefficient of a digit t of the quotient k, beyond the first digit, where x2 is below 2^128.
  ///
  /// The rows say D = x1 + rho x2 - x' - k q = 0 modulo r and 2^160, and so D = 0, as |D| < 2^384; so k < 2^256 / q + 1 < 8 and t is 0. With
  /// another coefficient they say it of D and of D + e t, in one order or the other. If t is not 0, D = m r with m r + e t = 0 modulo 2^160
  /// and |m| < 2^131, or D = n 2^160 with n 2^160 + e t = 0 modulo r and |n| < 2^224. All 2^16 digits are tried.
  func isIdleDigit(_ alteration: RowAlteration<Field>) -> Bool {
    guard let fold = program.folds.first(where: { $0.rows.contains(alteration.row) }), fold.inputs[3].terms.isEmpty,
      let row = fold.rows.firstIndex(of: alteration.row), alteration.side == 2,
      case .row(let content) = program.steps[Int(program.stepOfRow[alteration.row])],
      case .hint(let quotient) = program.steps[fold.hints[1]]
    else { return false }
    let term = content.c.terms[alteration.term]
    guard quotient.outputs.dropFirst().contains(term.column) else { return false }
    let change: Field
    switch alteration.change {
    case .coefficient: change = .one
    case .term: change = -term.coefficient
    case .variable, .constant: return false
    }
    let (modulus, factor, bound): (BigInteger, BigInteger, BigInteger)
    if row == 0 {
      let inverse = Field(BigInteger(1) << 160).inverse() ?? .zero
      (modulus, factor, bound) = (Digits16.r, BigInteger(inverse * change), BigInteger(1) << 224)
    } else {
      modulus = BigInteger(1) << 160
      // Newton's iteration doubles the bits that are right.
      var inverse = BigInteger(1)
      for _ in 0..<8 { inverse = (inverse * (BigInteger(2) - inverse * Digits16.r)).modulo(modulus) }
      let signed = BigInteger(change) < Digits16.r >> 1 ? BigInteger(change) : BigInteger(change) - Digits16.r
      factor = (inverse * signed << (row == 1 ? 0 : 80)).modulo(modulus)
      bound = BigInteger(1) << 131
    }
    var number = BigInteger(0)
    for _ in 1..<1 << 16 {
      number = (number + factor).modulo(modulus)
      if number < bound || modulus - number < bound { return false }
    }
    return true
  }
}
