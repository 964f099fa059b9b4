import Algebra
import Circuits
import ConstraintSystem
import Folding
import Foundation
import Model
import Support
import Testing

/// Rows of every circuit left out or altered: each mutant is noticed, that is, it accepts a witness that the circuit refuses, found by
/// computing; and every variable of a circuit is determined.
@Suite(.serialized) struct MutationRunTests {
  private static let isLong = ProcessInfo.processInfo.environment["LAYERFOLD_LONG"] == "1"

  /// All honest steps of a kind in a run; of Embedding the first one, and one after a Head.
  private func honestSteps(_ kind: StepKind, in run: StoppedRun) throws -> [PendingStep] {
    var steps = run.stops.compactMap(\.prover.pending) + [run.end.pending].compactMap(\.self)
    if kind == .embedding, var next = run.stops.last?.prover {
      var generator = SeededGenerator(seed: 74)
      try next.absorb(run.tiny.inputs(prompt: [511], newTokens: 2, using: &generator)[0], using: &generator)
      steps += [next.pending].compactMap(\.self)
    }
    return steps.filter { $0.kind == kind }
  }

  /// All values of a step.
  private func values(of step: PendingStep) -> [ScalarField] {
    [.one, step.instance.x] + step.witness.integers[3].map { ScalarField($0) } + step.witness.trace.elements
  }

  /// Attacks on a circuit from an honest step.
  private func attack(on kind: StepKind, in run: StoppedRun, from step: PendingStep? = nil) throws -> RowAttack<
    ScalarField
  > {
    let steps = run.stops.compactMap(\.prover.pending) + [run.end.pending].compactMap(\.self)
    let step = try step ?? #require(steps.last { $0.kind == kind })
    let circuit = run.tiny.key.circuits[kind.rawValue]
    let values = step.witness.integers[3]
    var recorder = Recorder<ScalarField>(
      layout: circuit.columns, valuesCount: values.count, predecessor: kind.predecessors.first?.rawValue ?? 0)
    let carried = try circuit.foldPrevious(advice: nil, in: &recorder)
    try circuit.proveStep(from: carried, own: nil, tokens: nil, in: &recorder)
    let program = CircuitProgram(recorder)
    #expect(program.shape == run.tiny.key.shapes[kind.rawValue])
    let z = self.values(of: step)
    #expect(program.violations(z).isEmpty && program.rangesHold(z))
    return RowAttack(program, honest: z, lastToken: circuit.step.parameters.configuration.vocabularySize - 1)
  }

  /// The CycleFold circuit on random points.
  private func cycleFold(
    chunkCount: Int
  ) throws -> (attack: RowAttack<BaseField>, others: [[BaseField]]) {
    let circuit = CycleFoldCircuit(chunkCount: chunkCount)
    var recorder = Recorder<BaseField>(layout: circuit.columns, valuesCount: 0)
    try circuit.constrain(publics: (1...circuit.publicCount).map { recorder.publicInput($0) }, in: &recorder)
    let folded = (0..<chunkCount).flatMap { (chunk: Int) -> [Int] in [6 * chunk + 6, 6 * chunk + 7] }
    var generator = SeededGenerator(seed: 70)
    let honest = try (0..<24).map { _ in
      let claim = CycleFoldStatement.random(chunkCount: chunkCount, using: &generator)
      return [.one] + claim.publics + (try #require(claim.trace))
    }
    return (
      RowAttack(CircuitProgram(recorder, solvedPublics: Set(folded)), honest: honest[0]), Array(honest.dropFirst())
    )
  }

  /// How many rows of a class survive at most; Docs/Mutation.md says why, or that it is not known.
  private static let known = [
    "tokens: a position is inside or outside": 1, "tokens: positions inside come first": 1,
    "tokens: tokens beyond the text are 0": 1,
  ]

  /// Classes other than those of token logic with altered rows that every witness of the pool satisfies; why is not known.
  private static let unexplained = [
    "product", "step argument/products/sumcheck: product", "step argument/products: materialised value",
    "step argument/relations: linear relation",
  ]

  /// Altered rows hang on the witnesses of the pool, so classes are asserted, and how many there are, not rows.
  private func expectNoticed(_ alike: [String: Int]) {
    let tokens = alike.filter { $0.key.hasPrefix("tokens") }
    let others = alike.filter { !$0.key.hasPrefix("tokens") }
    #expect(tokens.values.reduce(0, +) <= 20, "\(tokens)")
    #expect(others.values.reduce(0, +) <= 8, "\(others)")
    for (name, _) in others {
      #expect(Self.unexplained.contains { name.hasPrefix("\($0), ") }, "\(name)")
    }
  }

  private func expectNoticed<Field>(
    _ circuit: String, _ attack: RowAttack<Field>, others: [[Field]], classes: Int
  ) {
    var generator = SeededGenerator(seed: 71)
    let count = attack.mutate(
      rowsPerClass: Self.isLong ? 8 : 1, atLeast: Self.isLong ? 600 : 0, classes: Self.isLong ? .max : classes,
      others: others, using: &generator)
    print(count.report(circuit, rows: attack.program.shape.rowCount), "of \(others.count + 1) witnesses")
    #expect(count.survivors.allSatisfy { $0.value <= Self.known[$0.key, default: 0] }, "\(count.survivors)")
    expectNoticed(count.alike)
  }

  /// Satisfying witnesses: all honest ones of the run, and from each some with other texts and other challenges throughout, all of
  /// which hang on the number of steps in the state before, and on the first coordinate of the step's own commitments.
  private func witnesses(_ kind: StepKind, in run: StoppedRun) throws -> [[ScalarField]] {
    let steps = try honestSteps(kind, in: run)
    return try steps.map(values)
      + [steps.first, steps.last].compactMap(\.self).flatMap {
        try redrawn(attack(on: kind, in: run, from: $0))
      }
  }

  /// Witnesses that follow from other choices.
  private func redrawn(_ attack: RowAttack<ScalarField>) -> [[ScalarField]] {
    let inputs = attack.program.steps.compactMap { step in if case .input(let columns) = step { columns } else { nil } }
    // The first input is the state, the last of more than one the commitments.
    guard let state = inputs.first, let own = inputs.last(where: { $0.count > 1 }) else { return [] }
    var generator = SeededGenerator(seed: 72)
    return (0..<12).compactMap { _ in
      attack.otherHonest([state.lowerBound + 1, own.lowerBound], using: &generator)
    }
  }

  @Test(arguments: StepKind.allCases) func steps(kind: StepKind) throws {
    let attack = try attack(on: kind, in: StoppedRun.shared.get())
    expectNoticed("\(kind)", attack, others: try witnesses(kind, in: StoppedRun.shared.get()), classes: 40)
  }

  /// Classes whose rows are few and hard to exploit: the sample above may miss them.
  @Test func comparisonsOfChallengesAndOfFoldedNumbers() throws {
    let attack = try attack(on: .embedding, in: StoppedRun.shared.get())
    let rows = (0..<attack.program.shape.rowCount).filter { !attack.saysNothing($0) }
    let bounds = rows.filter { attack.name($0).hasSuffix("cyclefold/at most: at most a constant") }
    let sums = rows.filter {
      attack.name($0).hasSuffix(
        "cyclefold/folded numbers/fold of elements of Fq: low halves add up to those of q - 1")
    }
    #expect(bounds.count > 40 && sums.count > 2)
    var generator = SeededGenerator(seed: 73)
    for row in bounds.enumerated().filter({ Self.isLong || $0.offset % 6 == 0 }).map(\.element) + sums.prefix(3) {
      #expect(attack.attack(row, using: &generator) != .survived, "row \(row), \(attack.name(row))")
    }
  }

  @Test func cycleFold() throws {
    let (attack, others) = try cycleFold(chunkCount: 2)
    expectNoticed("CycleFold", attack, others: others, classes: 60)
  }

  @Test(.enabled(if: isLong), arguments: StepKind.allCases) func ternarySteps(kind: StepKind) throws {
    let attack = try attack(on: kind, in: Self.ternary.get())
    expectNoticed("\(kind), ternary", attack, others: try witnesses(kind, in: Self.ternary.get()), classes: 40)
  }

  private static let ternary = Result {
    try StoppedRun(tiny: TinyRecursion(positions: 4, chunkLog: 16, of: "tiny-ternary"))
  }

  @Test(arguments: StepKind.allCases) func everyVariableIsDetermined(kind: StepKind) throws {
    let attack = try attack(on: kind, in: StoppedRun.shared.get())
    let report = Determinism(program: attack.program, honest: attack.honest).report()
    #expect(report.open.isEmpty)
  }

  @Test func everyVariableOfCycleFoldIsDetermined() throws {
    let attack = try cycleFold(chunkCount: 2).attack
    let report = Determinism(program: attack.program, honest: attack.honest).report()
    #expect(report.open.isEmpty && report.free == 0)
  }
}
