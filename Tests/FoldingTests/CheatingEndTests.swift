import Algebra
import Circuits
import Commitment
import ConstraintSystem
import Decider
import Folding
import Support
import Testing

/// Ends of recursions put together by a cheater: what the final verifier refuses, and what only the decider can.
@Suite(.serialized) struct CheatingEndTests {
  private let run: StoppedRun
  private let other: StoppedRun
  private var key: RecursionKey { run.tiny.key }

  init() throws {
    run = try StoppedRun.shared.get()
    other = try StoppedRun.other.get()
  }

  private func refusal(_ proof: FinishedRecursion, _ expected: ExpectedRecursion) -> FoldingError? {
    do {
      _ = try RecursionVerifier(sizes: key.sizes, keyDigest: key.digest).verify(proof, expecting: expected)
      return nil
    } catch { return error as? FoldingError }
  }

  @Test func halvesOfTwoRunsAreRefused() throws {
    let (one, prover, expected) = try run.finished()
    let (two, _, otherExpected) = try other.finished()
    #expect(refusal(one, expected) == nil && refusal(two, otherExpected) == nil)
    func mixed(_ change: (inout FinishedRecursion) -> Void) -> FinishedRecursion {
      var proof = one
      change(&proof)
      return proof
    }
    let foreignState = mixed { $0.state = two.state }
    #expect(refusal(foreignState, expected) == .refused("statement chain"))
    #expect(refusal(foreignState, otherExpected) == .refused("digest of a running instance"))
    #expect(
      refusal(mixed { $0.commitments = two.commitments }, expected) == .refused("binding digest of the folded step"))
    for kind in StepKind.allCases.indices {
      #expect(
        refusal(mixed { $0.running[kind] = two.running[kind] }, expected) == .refused("digest of a running instance"))
    }
    #expect(
      refusal(mixed { $0.cycle = two.cycle }, expected) == .refused("digest of the running CycleFold instance"))
    // The messages of a fold are not hashed before it: they make another instance, which the decider refuses.
    let folded = try RecursionVerifier(sizes: key.sizes, keyDigest: key.digest)
      .verify(mixed { $0.lastFold = two.lastFold }, expecting: expected)
    #expect(folded != prover.running)
    #expect(throws: ClearDecider.Refusal.self) {
      try ClearDecider.check(folded[3], prover.witnesses[3], kind: .final, key: key)
    }
  }

  /// A relaxed instance proves nothing by itself: anybody can make a satisfied one.
  @Test func aSatisfiedInstanceThatNobodyHashedIsRefused() throws {
    let (proof, _, expected) = try run.finished()
    var generator = SeededGenerator(seed: 51)
    let free = try RecursionProver(key: key, using: &generator)
    for kind in StepKind.allCases {
      try ClearDecider.check(free.running[kind.rawValue], free.witnesses[kind.rawValue], kind: kind, key: key)
      var forged = proof
      forged.running[kind.rawValue] = free.running[kind.rawValue]
      #expect(refusal(forged, expected) == .refused("digest of a running instance"))
    }
    var forged = proof
    forged.cycle = free.cycle
    #expect(refusal(forged, expected) == .refused("digest of the running CycleFold instance"))
  }

  @Test func listsOfOtherLengthsAreRefused() throws {
    let (proof, _, expected) = try run.finished()
    func refused(_ check: String, _ change: (inout FinishedRecursion) -> Void) {
      var altered = proof
      change(&altered)
      #expect(refusal(altered, expected) == .refused(check))
    }
    refused("number of running instances") { $0.running = [] }
    refused("number of running instances") { $0.running.append($0.running[0]) }
    refused("number of commitments") { $0.commitments = [] }
    refused("number of commitments") { $0.commitments.append($0.commitments[0]) }
    refused("number of commitments") { $0.running[2].commitments = [] }
    refused("number of commitments") { $0.running[3].commitments.removeLast() }
    refused("lengths of claim points") { $0.running[1].scalars.errorPoint = [] }
    refused("lengths of claim points") { $0.running[1].scalars.errorPoint.append(.zero) }
    refused("lengths of claim points") { $0.running[3].scalars.claimPoint = [] }
    refused("number of fold messages") { $0.lastFold = [] }
    refused("number of fold messages") { $0.lastFold.removeLast() }
    refused("digest of the running CycleFold instance") { $0.cycle.publics = [] }
    refused("digest of the running CycleFold instance") { $0.cycle.publics.append(.zero) }
  }

  @Test func theLastStepObeysTheRulesOfAllSteps() throws {
    let (proof, _, expected) = try run.finished()
    func refused(_ check: String, _ expected: ExpectedRecursion, _ change: (inout FinishedRecursion) -> Void) {
      var altered = proof
      change(&altered)
      #expect(refusal(altered, expected) == .refused(check))
    }
    let off = AffinePoint<PrimaryCurve>(uncheckedX: proof.commitments[0].x, y: proof.commitments[0].y + .one)
    refused("commitments are finite points of the curve", expected) { $0.commitments[3] = off }
    refused("commitments are finite points of the curve", expected) { $0.running[0].commitments[1] = off }
    refused("commitments are finite points of the curve", expected) { $0.running[2].commitments[0] = .infinity }
    refused("at least one inference", ExpectedRecursion(steps: expected.steps, statementChain: .zero)) {
      $0.state.statementChain = .zero
    }
    refused("number of steps", ExpectedRecursion(steps: 0, statementChain: expected.statementChain)) {
      $0.state.index = .zero
    }
    for phase in [0, 1, 2, 4, 5] {
      refused("phase of the last step", expected) { $0.state.phase = ScalarField(phase) }
    }
    // X^ of a Final is K, also if the binding digest was made for something else.
    refused("input of the folded step is the output before it", expected) { proof in
      proof.commitments[0] = proof.commitments[1]
      let coordinates = ChunkCoordinates(proof.commitments.flatMap(\.scalarCoordinates), order: key.sizes.order)
      var world = NativeArithmetic<ScalarField>()
      let binding = Result {
        try StateTransition(sizes: key.sizes).binding(
          key: proof.state.keyDigest, kind: proof.state.phase, tokens: proof.state.tokensDigest,
          chunks: coordinates.bound, in: &world)
      }
      if case .success(let binding) = binding { proof.state.binding = binding }
    }
  }

  /// False instances, each compressed by the honest algorithm: one of every kind, errors of two kinds that cancel in a sum, a
  /// false CycleFold instance, a commitment with errors to match.
  @Test func everyRunningInstanceIsDecided() throws {
    let (_, prover, _) = try run.finished()
    let decider = RecursionDecider(key: key.verification)
    var generator = SeededGenerator(seed: 52)
    func refused(_ expected: DeciderError, _ change: (inout RecursionProver) -> Void) throws {
      var cheater = prover
      change(&cheater)
      let proof = try decider.prove(cheater, context: [], using: &generator)
      #expect(throws: expected) {
        try decider.verify(proof, running: cheater.running, cycle: cheater.cycle, context: [])
      }
    }
    for kind in StepKind.allCases.indices {
      try refused(.opening(.primary, .openingRefused)) { $0.running[kind].scalars.errorValue += .one }
    }
    try refused(.opening(.primary, .openingRefused)) {
      $0.running[0].scalars.errorValue += .one
      $0.running[3].scalars.errorValue -= .one
    }
    try refused(.opening(.primary, .openingRefused)) { $0.running[2].commitments.swapAt(3, 4) }
    try refused(.opening(.secondary, .openingRefused)) { $0.cycle.u += .one }
  }
}
