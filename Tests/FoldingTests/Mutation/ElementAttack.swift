import Algebra
import ConstraintSystem

// Elements of Fq in digits, and their folds x' = x1 + rho x2 mod q. The rows that are left say, with N = x' + k q:
// N = x1 + rho x2 modulo r by halves, and modulo 2^80 and 2^160 by digits.
extension RowAttack {
  /// What an element is in the fold it belongs to.
  private enum Role {
    case first(FoldColumns<Field>)
    case second(FoldColumns<Field>)
    case result(FoldColumns<Field>)
  }

  private func role(of place: Int) -> Role? {
    let low = program.elements[place].low
    for fold in program.folds {
      if fold.result == place { return .result(fold) }
      if fold.inputs[0].single == low { return .first(fold) }
      if fold.inputs[2].single == low { return .second(fold) }
    }
    return nil
  }

  private static var two128: BigInteger { BigInteger(1) << 128 }
  private static var two160: BigInteger { BigInteger(1) << 160 }

  /// j and d with 2^160 j = d modulo r, both small.
  private static var collision: (j: BigInteger, d: BigInteger) {
    var (before, now) = ((BigInteger(0), Digits16.r), (BigInteger(1), two160.modulo(Digits16.r)))
    while !(now.1 < BigInteger(1) << 100) {
      let quotient = before.1.floorQuotient(dividingBy: now.1)
      (before, now) = (now, (before.0 - quotient * now.0, before.1 - quotient * now.1))
    }
    return now
  }

  /// Digits of q - 1 minus a number, given by halves that need not be its digits'.
  private static func complement(low: BigInteger, high: BigInteger) -> [Field]? {
    let last = Digits16.q - 1
    var (lowRest, highRest) = (last.modulo(two128) - low, last >> 128 - high)
    if lowRest < 0 { (lowRest, highRest) = (lowRest + two128, highRest - 1) }
    guard !(lowRest < 0), lowRest < two128, !(highRest < 0), highRest < two128 else { return nil }
    return Digits16.digits(lowRest, 8) + Digits16.digits(highRest, 8)
  }

  private func number(_ digits: Range<Int>) -> BigInteger { Digits16.number(honest[digits]) }

  /// The step that takes the bits of the factor of folds.
  var factorBits: Int? {
    guard let bit = program.folds.first?.inputs[4].terms.first?.column else { return nil }
    return Int(program.definitions[bit])
  }

  /// Attacks one of an element's four rows.
  func attackElement(_ place: Int, row: Int) -> AttackOutcome {
    let element = program.elements[place]
    let x = number(element.digits..<element.digits + 16)
    guard let role = role(of: place) else { return .survived }
    if row >= 2 { return attackSums(element, x, role, row: row) }
    // The half differs from its digits by `shift`, the number by `error`.
    let (j, d) = Self.collision
    for sign in [BigInteger(1), BigInteger(-1)] {
      let shift = sign * (row == 0 ? d : BigInteger(1) << 32)
      let error = row == 0 ? shift : shift << 128
      let jump = sign * (row == 0 ? j : BigInteger(1)) * Self.two160
      let (low, high) = (x.modulo(Self.two128) + (row == 0 ? shift : 0), x >> 128 + (row == 0 ? 0 : shift))
      var forced: [Int: Field] = [:]
      var challenges: [Int: Field] = [:]
      var replacements: [Int: ([Field], [Field]) -> [Field]] = [:]
      func isResult() -> Bool { if case .result = role { true } else { false } }
      if !isResult() {
        guard let rest = Self.complement(low: low, high: high) else { continue }
        for (column, digit) in zip(element.digits + 16..<element.digits + 32, rest) { forced[column] = digit }
      }
      switch role {
      case .first(let fold):
        let sum: ([Field]) -> BigInteger = { HintRule.sum($0) - error + jump }
        replacements[fold.hints[0]] = { inputs, _ in Digits16.element(sum(inputs).modulo(Digits16.q)) }
        replacements[fold.hints[1]] = { inputs, _ in
          Digits16.digits(sum(inputs).floorQuotient(dividingBy: Digits16.q), 8)
        }
      case .second(let fold):
        // For the low half 2^160 j = rho d needs a small rho.
        if row == 0, let step = factorBits { challenges[step] = Field(2) }
        let sum: ([Field]) -> BigInteger = { inputs in
          HintRule.sum(inputs) + BigInteger(inputs[4]) * (jump - error)
        }
        replacements[fold.hints[0]] = { inputs, _ in Digits16.element(sum(inputs).modulo(Digits16.q)) }
        replacements[fold.hints[1]] = { inputs, _ in
          Digits16.digits(sum(inputs).floorQuotient(dividingBy: Digits16.q), 8)
        }
      case .result(let fold):
        let sum: ([Field]) -> BigInteger = { HintRule.sum($0) - jump }
        replacements[fold.hints[0]] = { inputs, _ in
          let x = sum(inputs).modulo(Digits16.q)
          let (low, high) = (x.modulo(Self.two128), x >> 128)
          let rest = Self.complement(low: low + (row == 0 ? shift : 0), high: high + (row == 0 ? 0 : shift))
          return Digits16.digits(x, 16) + (rest ?? [Field](repeating: .zero, count: 16))
        }
        replacements[fold.hints[1]] = { inputs, _ in
          Digits16.digits(sum(inputs).floorQuotient(dividingBy: Digits16.q), 8)
        }
      }
      let outcome = run(
        leavingOut: element.firstRow + row, offset: Field(shift), forcing: forced, challenges: challenges,
        replacements: replacements)
      if outcome != .survived { return outcome }
    }
    return .survived
  }

  /// An encoding of a number of at least q.
  private func attackSums(_ element: LimbedColumns, _ x: BigInteger, _ role: Role, row: Int) -> AttackOutcome {
    // Without the third row, x + y = q - 1 + r will do; without the fourth, the high half of y is anything.
    func rest(_ x: BigInteger) -> [Field] {
      let rest = Digits16.q - 1 + Digits16.r - x
      guard row == 3 else { return Digits16.digits(rest, 16) }
      let low = (Digits16.q - 1 - x).modulo(Self.two128)
      return Digits16.digits(low, 8) + [Field](repeating: .zero, count: 8)
    }
    if case .result(let fold) = role {
      let replacements: [Int: ([Field], [Field]) -> [Field]] = [
        fold.hints[0]: { inputs, _ in
          let x = HintRule.sum(inputs).modulo(Digits16.q) + Digits16.q
          return Digits16.digits(x, 16) + rest(x)
        },
        fold.hints[1]: { inputs, _ in
          Digits16.digits(HintRule.sum(inputs).floorQuotient(dividingBy: Digits16.q) - 1, 8)
        },
      ]
      let outcome = run(leavingOut: element.firstRow + row, replacements: replacements)
      guard outcome == .survived, let first = program.elements.first(where: { fold.inputs[0].single == $0.low })
      else { return outcome }
      // A sum below q has one encoding; it is not below q if the running number, where the prover starts as he likes, is q - 1.
      let digits = Digits16.digits(Digits16.q - 1, 16) + [Field](repeating: .zero, count: 16)
      let forced = Dictionary(uniqueKeysWithValues: zip(first.digits..<first.digits + 32, digits))
      return run(leavingOut: element.firstRow + row, forcing: forced, replacements: replacements)
    }
    let number = Digits16.q + 5
    var forced: [Int: Field] = [:]
    for (column, digit) in zip(element.digits..<element.digits + 32, Digits16.digits(number, 16) + rest(number)) {
      forced[column] = digit
    }
    return run(leavingOut: element.firstRow + row, forcing: forced)
  }

  /// Attacks one of a fold's three rows: N differs from x1 + rho x2 by what the other two do not see.
  func attackFold(_ place: Int, row: Int) -> AttackOutcome {
    let fold = program.folds[place]
    for sign in [BigInteger(1), BigInteger(-1)] {
      var replacements: [Int: ([Field], [Field]) -> [Field]] = [:]
      switch row {
      case 0:
        // x' + 2^160.
        replacements[fold.hints[0]] = { inputs, _ in
          Digits16.element(HintRule.sum(inputs).modulo(Digits16.q) + sign * Self.two160)
        }
      case 1:
        // k + 1 and x' - q, reduced modulo r.
        replacements[fold.hints[0]] = { inputs, _ in
          let quotient = HintRule.sum(inputs).floorQuotient(dividingBy: Digits16.q) + sign
          return Digits16.element((HintRule.sum(inputs) - quotient * Digits16.q).modulo(Digits16.r))
        }
        replacements[fold.hints[1]] = { inputs, _ in
          Digits16.digits(HintRule.sum(inputs).floorQuotient(dividingBy: Digits16.q) + sign, 8)
        }
        guard case .hint(let low) = program.steps[fold.hints[2]], case .hint(let high) = program.steps[fold.hints[3]]
        else { return .survived }
        // The first carry is what makes the second limb's equation one modulo 2^80.
        replacements[fold.hints[2]] = { _, z in
          func value(_ combination: Combination<Field>) -> Field {
            combination.terms.reduce(.zero) { $0 + $1.coefficient * z[$1.column] }
          }
          let digits = low.outputs.map { z[$0] }
          let carry = Field(Digits16.number(digits) - Self.two128)
          let rest = value(high.inputs[0]) * value(high.inputs[1]) + value(high.inputs[2]) - carry
          let signed = Self.signed(rest)
          return Digits16.digits((-signed).modulo(BigInteger(1) << 80) + Self.two128, low.outputs.count)
        }
      default:
        // 2^80 r more.
        let jump = sign * (Digits16.r << 80)
        replacements[fold.hints[0]] = { inputs, _ in
          Digits16.element((HintRule.sum(inputs) + jump).modulo(Digits16.q))
        }
        replacements[fold.hints[1]] = { inputs, _ in
          Digits16.digits((HintRule.sum(inputs) + jump).floorQuotient(dividingBy: Digits16.q), 8)
        }
      }
      let outcome = run(leavingOut: fold.rows[row], replacements: replacements)
      if outcome != .survived { return outcome }
    }
    return .survived
  }

  private static func signed(_ value: Field) -> BigInteger {
    let number = BigInteger(value)
    return number < Digits16.r >> 1 ? number : number - Digits16.r
  }
}
