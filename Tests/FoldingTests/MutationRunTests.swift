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

  private func expectNoticed<Field>(
    _ circuit: String, _ attack: RowAttack<Field>, witnesses: [[Field]], classes: Int, more: () -> [Field]?
  ) {
    var generator = SeededGenerator(seed: 71)
    let count = attack.mutate(
      rowsPerClass: Self.isLong ? 8 : 1, atLeast: Self.isLong ? 600 : 0, classes: Self.isLong ? .max : classes,
      altered: Self.isLong ? (8, 600) : (1, 150), witnesses: witnesses, more: more, using: &generator)
    print(count.report(circuit, rows: attack.program.shape.rowCount))
    #expect(count.survivors.isEmpty, "\(count.survivors)")
    #expect(count.alike.isEmpty, "\(count.alike)")
  }

  /// Mutants of the circuit of a kind. Satisfying witnesses are all honest ones of the run, and others from the first or the last of
  /// these, with other texts and other challenges throughout, which hang on the number of steps in the state before and on the
  /// first coordinate of the step's own commitments.
  private func expectNoticed(_ kind: StepKind, _ name: String, in run: StoppedRun) throws {
    let steps = try honestSteps(kind, in: run)
    let attacks = try [steps.first, steps.last].compactMap(\.self).map { try attack(on: kind, in: run, from: $0) }
    var (generator, drawn) = (SeededGenerator(seed: 72), 0)
    expectNoticed(
      name, try #require(attacks.last), witnesses: steps.map(values), classes: 40,
      more: {
        drawn += 1
        return attacks[drawn % attacks.count].redrawn(using: &generator)
      })
  }

  @Test(arguments: StepKind.allCases) func steps(kind: StepKind) throws {
    try expectNoticed(kind, "\(kind)", in: StoppedRun.shared.get())
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
    expectNoticed("CycleFold", attack, witnesses: [attack.honest] + others, classes: 60, more: { nil })
  }

  @Test(.enabled(if: isLong), arguments: StepKind.allCases) func ternarySteps(kind: StepKind) throws {
    try expectNoticed(kind, "\(kind), ternary", in: Self.ternary.get())
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
