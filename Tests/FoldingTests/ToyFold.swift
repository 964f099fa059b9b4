import Algebra
import Arguments
import Commitment
import ConstraintSystem
import Folding
import Support
import Transcript

/// The fold of a relation of eight rows, written from section 5 of Docs/Protocol.md, apart from the code; its rules can be
/// broken one at a time, and its prover knows which are.
///
/// Rows: a_i a_i = b_i for i < 7, and b_7 = x. Segments of eight entries in chunks of four, tables of two entries.
struct ToyFold {
  /// What a verifier with a bug does otherwise.
  struct Rules {
    /// tau does not depend on B^.
    var drawsTauBeforeTrace = false
    /// beta does not depend on h_E, h_1 and h_2.
    var drawsBetaBeforeMessages = false
    /// alpha does not depend on v_T.
    var drawsAlphaBeforeCrossValue = false
    /// The incoming u is what the prover says.
    var believesFreshU = false
    /// The incoming E is not zero: its value at r_E' is what the prover says.
    var believesFreshError = false
  }

  /// A fresh instance, with what a cheating prover says of u and E.
  struct Fresh {
    var instance: FreshInstance
    var segments: [FieldVector<ScalarField>]
    var blinders: [ScalarField]
    var u = ScalarField.one
  }

  static let errorLog = 3
  let relation: ClearRelation
  let generators = Generators<PrimaryCurve>(logCount: 2)
  let running: RunningInstance
  let witness: RunningWitness
  var random: SeededGenerator

  init(seed: UInt64) throws {
    var random = SeededGenerator(seed: seed)
    var builder = ShapeBuilder<ScalarField>(layout: StepColumns(digitBits: 8, limbs: 0..<0))
    let trace = try builder.messages(8)
    for index in 0..<7 {
      let value = builder.committedValue(at: index)
      try builder.requireProduct(value, value, equals: trace[index], "square")
    }
    try builder.setPublic(1, to: trace[7], "public input")
    let layout = BlockLayout(chunkLog: 2, entries: [8, 8, 8, 8, 6], largestLogs: [3, 3, 3, 3, 1])
    relation = ClearRelation(
      kind: 1, shape: builder.finish(), lengths: [8, 8, 8, 8, 8], layout: layout,
      order: ChunkOrder(layout: layout, traceChunks: 2),
      tables: LookupTables(ids: [1, 2], inputs: [3, 4], outputs: [5, 6]), generators: generators)
    let segments = (0..<5).map { _ in Self.vector(&random) }
    let blinders = (0..<10).map { _ in ScalarField.randomNonzero(using: &random) }
    let (u, x) = (ScalarField.random(using: &random), ScalarField.random(using: &random))
    let products = relation.shape.multiply(values: segments[3].elements, trace: segments[4].elements, publics: [u, x])
    witness = RunningWitness(segments: segments, blinders: blinders, products: products, u: u)
    var scalars = RunningScalars(
      u: u, x: x, errorPoint: Self.point(3, &random), errorValue: .zero,
      claimPoint: Self.point(layout.logSize, &random),
      claimValue: .zero)
    scalars.errorValue = witness.error.evaluateMultilinear(at: scalars.errorPoint)
    scalars.claimValue = relation.claimValue(witness, u: u, at: scalars.claimPoint)
    running = RunningInstance(
      commitments: try Self.commit(segments, blinders, generators), scalars: scalars)
    self.random = random
  }

  /// Eight random elements.
  private static func vector(_ random: inout SeededGenerator) -> FieldVector<ScalarField> {
    FieldVector(point(8, &random))
  }

  private static func point(_ count: Int, _ random: inout SeededGenerator) -> [ScalarField] {
    (0..<count).map { _ in .random(using: &random) }
  }

  static func commit(
    _ segments: [FieldVector<ScalarField>], _ blinders: [ScalarField], _ generators: Generators<PrimaryCurve>
  ) throws -> [AffinePoint<PrimaryCurve>] {
    try blinders.indices.map { chunk in
      let start = chunk % 2 * 4
      return try generators.commit(
        FieldVector(Array(segments[chunk / 2].elements[start..<start + 4])), blinder: blinders[chunk])
    }
  }

  /// A fresh instance whose error is `error`, zero at the last row, for this u.
  mutating func fresh(u: ScalarField = .one, error: [ScalarField]? = nil) throws -> Fresh {
    var random = random
    defer { self.random = random }
    let segments = (0..<4).map { _ in Self.vector(&random) }
    let inverse = u.inverse() ?? .zero
    let x = ScalarField.random(using: &random)
    let trace = (0..<7).map { inverse * (segments[3][$0].squared() - (error?[$0] ?? .zero)) } + [x]
    let blinders = (0..<10).map { _ in ScalarField.randomNonzero(using: &random) }
    let all = segments + [FieldVector(trace)]
    let point = Self.point(relation.layout.logSize, &random)
    let opening = RunningWitness(
      segments: all, blinders: blinders,
      products: relation.shape.multiply(values: all[3].elements, trace: trace, publics: [u, x]), u: u)
    return Fresh(
      instance: FreshInstance(
        commitments: try Self.commit(all, blinders, generators), x: x, claimPoint: point,
        claimValue: relation.claimValue(opening, u: u, at: point)),
      segments: all, blinders: blinders, u: u)
  }

  /// What the fold's transcript starts from.
  func context(_ fresh: FreshInstance, _ running: RunningInstance) -> FoldContext<ScalarField> {
    FoldContext(
      keyDigest: ScalarField(77), kind: .one, runningDigest: running.digest,
      freshCoordinates: fresh.commitments.flatMap(\.scalarCoordinates))
  }

  /// tau as a verifier draws it.
  func tau(_ fresh: FreshInstance, into running: RunningInstance, _ rules: Rules = Rules()) -> ScalarField {
    var transcript = PoseidonSponge(tag: "fold")
    return start(&transcript, fresh, running, rules)
  }

  private func start(
    _ transcript: inout PoseidonSponge, _ fresh: FreshInstance, _ running: RunningInstance, _ rules: Rules
  ) -> ScalarField {
    let context = context(fresh, running)
    transcript.absorb([context.keyDigest, context.kind])
    transcript.absorb([context.runningDigest])
    let tail = [fresh.x] + fresh.claimPoint + [fresh.claimValue]
    guard rules.drawsTauBeforeTrace else {
      transcript.absorb(context.freshCoordinates + tail)
      return transcript.squeeze()
    }
    transcript.absorb(context.freshCoordinates.dropLast(4) + tail)
    let tau = transcript.squeeze()
    transcript.absorb(Array(context.freshCoordinates.suffix(4)))
    return tau
  }

  /// Folds as a prover who follows `rules`, and returns what a verifier who does too arrives at, with the prover's opening.
  /// - Parameters:
  ///   - shape: what the prover does to h_E, h_1 and h_2 once it knows beta, if it does before it sends them.
  ///   - hides: whether v_T makes up for an error of the fresh instance, as far as alpha is known.
  func fold(
    _ fresh: Fresh, into running: RunningInstance, _ rules: Rules = Rules(), hides: Bool = false,
    shaping shape: (inout [ScalarField], ScalarField) -> Void = { _, _ in }
  ) -> (instance: RunningInstance, witness: RunningWitness, messages: [ScalarField], alpha: ScalarField) {
    let (layout, old) = (relation.layout, running.scalars)
    var transcript = PoseidonSponge(tag: "fold")
    let tau = start(&transcript, fresh.instance, running, rules)
    let tauPoint = [tau, tau.squared(), tau.squared().squared()]
    let line = ClaimLine(from: old.claimPoint, to: fresh.instance.claimPoint, in: layout)
    func claim(_ segments: [FieldVector<ScalarField>], _ u: ScalarField) -> [ScalarField] {
      return zip(line.restrict(segments: Array(segments.prefix(4))), line.restrict(tables: relation.tables.integers))
        .map { $0 + u * $1 }
    }
    var messages = Array(witness.error.restrictToLine(from: old.errorPoint, to: tauPoint).dropFirst())
    messages += claim(witness.segments, old.u).dropFirst() + claim(fresh.segments, fresh.u).dropFirst()
    var beta = ScalarField.zero
    if rules.drawsBetaBeforeMessages {
      beta = transcript.squeeze()
      shape(&messages, beta)
      transcript.absorb(messages)
    } else {
      shape(&messages, .one)
      transcript.absorb(messages)
      beta = transcript.squeeze()
    }
    let point = zip(old.errorPoint, tauPoint).map { $0 + beta * ($1 - $0) }

    let products = relation.shape.multiply(
      values: fresh.segments[3].elements, trace: fresh.segments[4].elements, publics: [fresh.u, fresh.instance.x])
    let own = RunningWitness(segments: fresh.segments, blinders: fresh.blinders, products: products, u: fresh.u)
    var cross = witness.az.hadamard(own.bz)
    cross += own.az.hadamard(witness.bz)
    cross.addScaled(own.cz, by: -old.u)
    cross.addScaled(witness.cz, by: -fresh.u)
    let (honest, error) = (cross.evaluateMultilinear(at: point), own.error.evaluateMultilinear(at: point))
    var alpha = ScalarField.zero
    var crossValue = honest
    if rules.drawsAlphaBeforeCrossValue {
      alpha = transcript.squeezeShort()
      if hides { crossValue += alpha * error }
      transcript.absorb([crossValue])
    } else {
      transcript.absorb([crossValue])
      alpha = transcript.squeezeShort()
    }
    messages.append(crossValue)
    let freshU = rules.believesFreshU ? fresh.u : .one
    func value(_ constant: ScalarField, _ tail: ArraySlice<ScalarField>) -> ScalarField {
      tail.reversed().reduce(.zero) { ($0 + $1) * beta } + constant
    }
    let (e, n) = (Self.errorLog, layout.logSize)
    let freshTail = messages[(e + n)..<(e + 2 * n)]
    let freshConstant = freshTail.reduce(fresh.instance.claimValue) { $0 - $1 }
    let scalars = RunningScalars(
      u: old.u + alpha * freshU, x: old.x + alpha * fresh.instance.x, errorPoint: point,
      errorValue: value(old.errorValue, messages[..<e]) + alpha * crossValue
        + (rules.believesFreshError ? alpha.squared() * error : .zero),
      claimPoint: zip(old.claimPoint, fresh.instance.claimPoint).map { $0 + beta * ($1 - $0) },
      claimValue: value(old.claimValue, messages[e..<(e + n)]) + alpha * value(freshConstant, freshTail))
    // The cheating prover's opening, for the u that it claims.
    let segments = zip(witness.segments, fresh.segments).map { left, right in
      var sum = left
      sum.addScaled(right, by: alpha)
      return sum
    }
    let opening = RunningWitness(
      segments: segments, blinders: zip(witness.blinders, fresh.blinders).map { $0 + alpha * $1 },
      products: relation.shape.multiply(
        values: segments[3].elements, trace: segments[4].elements, publics: [scalars.u, scalars.x]), u: scalars.u)
    return (
      RunningInstance(
        commitments: FoldProver.combine(running.commitments, fresh.instance.commitments, by: alpha), scalars: scalars),
      opening, messages, alpha
    )
  }
}
