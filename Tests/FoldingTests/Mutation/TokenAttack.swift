import Algebra
import ConstraintSystem
import Support

extension RowAttack {
  /// Another text, found by trying: numbers of positions, bits of positions and committed tokens are all the prover's to choose.
  func attackTokens(_ index: Int, using generator: inout SeededGenerator) -> AttackOutcome {
    let (steps, hints) = tokenSteps
    guard steps.contains(where: { $0.index == index }) else { return .survived }
    let bits = hints.flatMap { Array($0.outputs) }
    let lengths = hints.compactMap { $0.inputs[0].single }
    let committed = Set(steps.flatMap(\.columns)).filter { program.definitions[$0] < 0 && $0 > 0 }.sorted()
    var tries = 0
    while tries < 40_000 {
      tries += 1
      var z = honest
      if tries % 3 == 0 {
        // Any two lengths, each with the positions it has.
        for hint in hints {
          let inside = Int.random(in: 0...hint.outputs.count, using: &generator)
          for (place, bit) in hint.outputs.enumerated() { z[bit] = place < inside ? .one : .zero }
        }
      }
      for _ in 0..<Int.random(in: tries % 3 == 0 ? 0...2 : 1...4, using: &generator) {
        switch Int.random(in: 0..<4, using: &generator) {
        case 0: z[bits.randomElement(using: &generator) ?? 0] = Field(Int.random(in: -1...2, using: &generator))
        case 1: z[lengths.randomElement(using: &generator) ?? 0] = Field(Int.random(in: 0...6, using: &generator))
        default:
          let column = committed.randomElement(using: &generator) ?? 0
          z[column] =
            Bool.random(using: &generator)
            ? z[committed.randomElement(using: &generator) ?? 0]
            : Field(Int.random(in: 0...1, using: &generator) * Int.random(in: 0...lastToken, using: &generator))
        }
      }
      if tries % 3 == 0 || Bool.random(using: &generator) {
        for hint in hints {
          guard let length = hint.inputs[0].single else { continue }
          z[length] = hint.outputs.reduce(Field.one) { $0 + z[$1] }
        }
      }
      if Bool.random(using: &generator) { settle(steps, &z, except: index) }
      guard violated(steps, z) == [index] else { continue }
      var forced: [Int: Field] = [:]
      for column in bits + lengths + committed { forced[column] = z[column] }
      let outcome = run(leavingOut: index, forcing: forced)
      if outcome != .survived { return outcome }
    }
    return .survived
  }

  /// Another text of any lengths, as the choices from which everything else follows; nothing where a circuit reads no text.
  func otherText(using generator: inout SeededGenerator) -> [Int: Field] {
    let (steps, hints) = tokenSteps
    let committed = Set(steps.flatMap(\.columns) + indices).filter { program.definitions[$0] < 0 && $0 > 0 }.sorted()
    for _ in 0..<(hints.isEmpty ? 0 : 500) {
      var z = honest
      for hint in hints {
        let inside = Int.random(in: 0...hint.outputs.count, using: &generator)
        for (place, bit) in hint.outputs.enumerated() { z[bit] = place < inside ? .one : .zero }
        if let length = hint.inputs[0].single { z[length] = Field(inside + 1) }
      }
      for column in committed { z[column] = Field(Int.random(in: 0...lastToken, using: &generator)) }
      settle(steps, &z, except: -1)
      guard violated(steps, z).isEmpty else { continue }
      let chosen = hints.flatMap { Array($0.outputs) + [$0.inputs[0].single].compactMap(\.self) } + committed
      return Dictionary(chosen.map { ($0, z[$0]) }) { first, _ in first }
    }
    return [:]
  }

  /// The committed numbers that token logic takes the bits of.
  private var indices: [Int] {
    program.steps.compactMap { step in
      guard case .hint(let hint) = step, case .bits = hint.rule, let column = hint.inputs[0].single,
        program.definitions[column] < 0
      else { return nil }
      return column
    }
  }

  /// The rows of token logic that compare positions and tokens, and the hints of positions.
  private var tokenSteps: (rows: [ProgramRow<Field>], hints: [ProgramHint<Field>]) {
    var rows: [ProgramRow<Field>] = []
    var hints: [ProgramHint<Field>] = []
    for step in program.steps {
      switch step {
      case .hint(let hint): if case .prefix = hint.rule { hints.append(hint) }
      case .row(let row):
        if row.target == nil, name(row.index).hasPrefix("tokens: ") { rows.append(row) }
      default: break
      }
    }
    return (rows, hints)
  }

  /// Makes tokens beyond the text 0, and winners what the text goes on with.
  private func settle(_ rows: [ProgramRow<Field>], _ z: inout [Field], except index: Int) {
    func value(_ combination: Combination<Field>) -> Field {
      combination.terms.reduce(.zero) { $0 + $1.coefficient * z[$1.column] }
    }
    for row in rows where row.index != index && name(row.index).hasSuffix("tokens beyond the text are 0") {
      if let token = row.a.single, !value(row.b).isZero { z[token] = .zero }
    }
    for row in rows where row.index != index && name(row.index).hasSuffix("a generated token is the greedy one") {
      guard let winner = row.b.terms.first(where: { $0.coefficient == -.one }), !value(row.a).isZero else { continue }
      z[winner.column] += value(row.b)
    }
  }

  private func violated(_ rows: [ProgramRow<Field>], _ z: [Field]) -> [Int] {
    func value(_ combination: Combination<Field>) -> Field {
      combination.terms.reduce(.zero) { $0 + $1.coefficient * z[$1.column] }
    }
    var found: [Int] = []
    for row in rows where value(row.a) * value(row.b) != value(row.c) {
      found.append(row.index)
      if found.count > 1 { break }
    }
    return found
  }
}
