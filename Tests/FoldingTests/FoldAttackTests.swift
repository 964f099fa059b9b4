import Algebra
import Arguments
import ConstraintSystem
import Folding
import Support
import Testing
import Transcript

/// Section 3 of the design: for every rule of the fold a prover who breaks exactly that rule. Against a verifier without
/// the rule it ends with an opening that the clear decider accepts; against the real one the named check refuses.
@Suite struct FoldAttackTests {
  typealias F = ScalarField

  /// What the clear decider says of a folded instance; nil when it accepts.
  private func refusal(
    _ toy: ToyFold, _ result: (instance: RunningInstance, witness: RunningWitness, messages: [F], alpha: F)
  ) -> ClearDecider.Refusal? {
    do {
      try toy.relation.check(result.instance, result.witness)
      return nil
    } catch { return error as? ClearDecider.Refusal }
  }

  @Test func theToyIsTheRealFold() throws {
    var toy = try ToyFold(seed: 1)
    #expect(throws: Never.self) { try toy.relation.check(toy.running, toy.witness) }
    let fresh = try toy.fresh()
    let result = toy.fold(fresh, into: toy.running)
    #expect(refusal(toy, result) == nil)
    var world = NativeArithmetic<F>(messages: result.messages)
    let outcome = try FoldVerifier(errorLog: 3, claimLog: toy.relation.layout.logSize).verify(
      context: toy.context(fresh.instance, toy.running), running: toy.running.scalars,
      fresh: FreshScalars(
        x: fresh.instance.x, claimPoint: fresh.instance.claimPoint, claimValue: fresh.instance.claimValue), in: &world)
    try world.finish()
    #expect(outcome.scalars == result.instance.scalars && outcome.alpha == result.alpha)
  }

  /// The prover predicts tau, and commits to a false trace whose error vanishes on the whole line to tau's point.
  @Test func tauDrawnBeforeTheTraceIsCommitted() throws {
    var toy = try ToyFold(seed: 2)
    let early = ToyFold.Rules(drawsTauBeforeTrace: true)
    // All but B^ is fixed; then tau is known.
    var fresh = try toy.fresh()
    let tau = toy.tau(fresh.instance, into: toy.running, early)
    let target = [tau, tau.squared(), tau.squared().squared()]
    let start = toy.running.scalars.errorPoint
    let conditions = (0..<4).map { step in
      let point = zip(start, target).map { $0 + F(step) * ($1 - $0) }
      return Array(EqualityPolynomial.table(point).elements[..<7])
    }
    let error = try #require(kernelVector(of: conditions)) + [.zero]
    for index in 0..<7 { fresh.segments[4][index] -= error[index] }
    fresh.instance.commitments = try ToyFold.commit(fresh.segments, fresh.blinders, toy.generators)
    #expect(error.contains { !$0.isZero } && toy.tau(fresh.instance, into: toy.running, early) == tau)
    #expect(refusal(toy, toy.fold(fresh, into: toy.running, early)) == nil)
    #expect(toy.tau(fresh.instance, into: toy.running) != tau)
    #expect(refusal(toy, toy.fold(fresh, into: toy.running)) == .errorValue(kind: 1))
  }

  /// The prover knows beta, and bends a polynomial so that a false value at one end becomes a true one at beta.
  @Test(arguments: [0, 1, 2]) func betaDrawnBeforeTheMessages(polynomial: Int) throws {
    var toy = try ToyFold(seed: 3)
    var fresh = try toy.fresh()
    var running = toy.running
    let (e, n) = (3, toy.relation.layout.logSize)
    switch polynomial {
    case 0: running.scalars.errorValue += .one
    case 1: running.scalars.claimValue += .one
    default: fresh.instance.claimValue += .one
    }
    let early = ToyFold.Rules(drawsBetaBeforeMessages: true)
    func bend(_ messages: inout [F], _ beta: F) {
      // h(0) is one too large, so the linear coefficient takes 1 / beta off; h_2(1) is, so its constant is, if the
      // coefficients do not change: adding c to the linear one takes c off the constant: c (beta - 1) = -1.
      switch polynomial {
      case 0: messages[0] -= beta.inverse() ?? .zero
      case 1: messages[e] -= beta.inverse() ?? .zero
      default: messages[e + n] -= (beta - .one).inverse() ?? .zero
      }
    }
    #expect(refusal(toy, toy.fold(fresh, into: running, early, shaping: bend)) == nil)
    let expected: ClearDecider.Refusal = polynomial == 0 ? .errorValue(kind: 1) : .claimValue(kind: 1)
    #expect(refusal(toy, toy.fold(fresh, into: running)) == expected)
    // Bending for a guess of beta does not help.
    #expect(
      refusal(toy, toy.fold(fresh, into: running, shaping: { messages, _ in bend(&messages, F(12345)) })) == expected)
  }

  /// The prover knows alpha, and v_T makes up for the error of a false trace.
  @Test func alphaDrawnBeforeTheCrossValue() throws {
    var toy = try ToyFold(seed: 4)
    let fresh = try toy.fresh(error: (1...8).map { F($0) })
    let early = ToyFold.Rules(drawsAlphaBeforeCrossValue: true)
    #expect(refusal(toy, toy.fold(fresh, into: toy.running, early, hides: true)) == nil)
    #expect(refusal(toy, toy.fold(fresh, into: toy.running)) == .errorValue(kind: 1))
  }

  /// The incoming instance is satisfied for u = 2 only, or for an error that is not zero.
  @Test func incomingConstantsAreNotTheProvers() throws {
    var toy = try ToyFold(seed: 5)
    var fresh = try toy.fresh(u: F(2))
    #expect(refusal(toy, toy.fold(fresh, into: toy.running, ToyFold.Rules(believesFreshU: true))) == nil)
    #expect(refusal(toy, toy.fold(fresh, into: toy.running)) == .errorValue(kind: 1))
    fresh = try toy.fresh(error: (1...8).map { F($0) })
    #expect(refusal(toy, toy.fold(fresh, into: toy.running, ToyFold.Rules(believesFreshError: true))) == nil)
    #expect(refusal(toy, toy.fold(fresh, into: toy.running)) == .errorValue(kind: 1))
  }

  /// Every message of the prover, altered: the value it belongs to is false afterwards, whatever comes later.
  @Test func everyMessageAlteredIsRefused() throws {
    var toy = try ToyFold(seed: 6)
    let fresh = try toy.fresh()
    let n = toy.relation.layout.logSize
    for index in 0..<(3 + 2 * n) {
      let result = toy.fold(fresh, into: toy.running, shaping: { messages, _ in messages[index] += .one })
      #expect(refusal(toy, result) == (index < 3 ? .errorValue(kind: 1) : .claimValue(kind: 1)), "message \(index)")
    }
    // The cross value cannot be altered before alpha is drawn without breaking the error alone.
    let honest = toy.fold(fresh, into: toy.running)
    var messages = honest.messages
    messages[messages.count - 1] += .one
    let outcome = try verify(toy, fresh.instance, toy.running, messages)
    var instance = honest.instance
    instance.scalars = outcome.scalars
    #expect(outcome.alpha != honest.alpha)
    #expect(throws: ClearDecider.Refusal.self) { try toy.relation.check(instance, honest.witness) }
  }

  /// Everything the fold reads is absorbed before the challenges it must not depend on: alpha changes with every element.
  @Test func everyElementChangesTheChallengesAfterIt() throws {
    var toy = try ToyFold(seed: 7)
    let fresh = try toy.fresh()
    let honest = toy.fold(fresh, into: toy.running)
    var alphas: Set<F> = [honest.alpha]
    for index in honest.messages.indices {
      var messages = honest.messages
      messages[index] += .one
      alphas.insert(try verify(toy, fresh.instance, toy.running, messages).alpha)
    }
    #expect(alphas.count == honest.messages.count + 1)
    let base = toy.context(fresh.instance, toy.running)
    var taus: Set<F> = [honest.alpha]
    func add(_ instance: FreshInstance, _ context: FoldContext<F>) throws {
      let outcome = try verify(toy, instance, toy.running, honest.messages, context)
      #expect(taus.insert(outcome.alpha).inserted)
    }
    var context = base
    context.keyDigest += .one
    try add(fresh.instance, context)
    context = base
    context.kind += .one
    try add(fresh.instance, context)
    context = base
    context.runningDigest += .one
    try add(fresh.instance, context)
    for index in base.freshCoordinates.indices {
      context = base
      context.freshCoordinates[index] += .one
      try add(fresh.instance, context)
    }
    for index in fresh.instance.claimPoint.indices {
      var changed = fresh.instance
      changed.claimPoint[index] += .one
      try add(changed, base)
    }
    var changed = fresh.instance
    changed.x += .one
    try add(changed, base)
    changed = fresh.instance
    changed.claimValue += .one
    try add(changed, base)
  }

  /// The digest by which the fold and the public state know a running instance covers every element of it.
  @Test func theDigestOfARunningInstanceCoversEveryElement() throws {
    let toy = try ToyFold(seed: 8)
    var digests: Set<F> = [toy.running.digest]
    let (e, n) = (3, toy.relation.layout.logSize)
    for index in toy.running.scalars.list.indices {
      var list = toy.running.scalars.list
      list[index] += .one
      let changed = RunningInstance(
        commitments: toy.running.commitments, scalars: RunningScalars(list: list, errorLog: e, claimLog: n))
      #expect(digests.insert(changed.digest).inserted)
    }
    for index in toy.running.commitments.indices {
      var changed = toy.running
      changed.commitments[index] = -changed.commitments[index]
      #expect(digests.insert(changed.digest).inserted)
    }
  }

  private func verify(
    _ toy: ToyFold, _ fresh: FreshInstance, _ running: RunningInstance, _ messages: [F],
    _ context: FoldContext<F>? = nil
  ) throws -> FoldOutcome<NativeArithmetic<F>> {
    var world = NativeArithmetic<F>(messages: messages)
    return try FoldVerifier(errorLog: 3, claimLog: toy.relation.layout.logSize).verify(
      context: context ?? toy.context(fresh, running), running: running.scalars,
      fresh: FreshScalars(x: fresh.x, claimPoint: fresh.claimPoint, claimValue: fresh.claimValue), in: &world)
  }

  /// A vector other than zero whose inner product with every row is zero, by elimination.
  private func kernelVector(of rows: [[F]]) -> [F]? {
    var matrix = rows
    var pivots: [Int] = []
    for column in 0..<rows[0].count where pivots.count < matrix.count {
      guard let row = (pivots.count..<matrix.count).first(where: { !matrix[$0][column].isZero }),
        let inverse = matrix[row][column].inverse()
      else { continue }
      matrix.swapAt(row, pivots.count)
      let pivot = matrix[pivots.count].map { inverse * $0 }
      matrix[pivots.count] = pivot
      for other in matrix.indices where other != pivots.count {
        let factor = matrix[other][column]
        matrix[other] = zip(matrix[other], pivot).map { $0 - factor * $1 }
      }
      pivots.append(column)
    }
    guard let free = (0..<rows[0].count).first(where: { !pivots.contains($0) }) else { return nil }
    var vector = [F](repeating: .zero, count: rows[0].count)
    vector[free] = .one
    for (row, column) in pivots.enumerated() { vector[column] = -matrix[row][free] }
    return vector
  }
}
