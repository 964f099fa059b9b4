package import Algebra
package import Arguments
package import ConstraintSystem
package import Transcript

/// The prover of the fold for one kind: keeps the running opening, answers the verifier's challenges.
package struct FoldProver: Sendable {
  private let shape: ConstraintShape<ScalarField>
  private let layout: BlockLayout
  private let errorLog: Int
  private let tables: [[Int64]]
  private let finished: @Sendable (Part) -> Void

  /// What a fold consists of, in order: who measures folds is told when each is done.
  package enum Part: String, Sendable, CaseIterable {
    /// h_E, h_1 and h_2.
    case linePolynomials
    /// A z, B z and C z of the fresh instance.
    case matrixProducts
    /// T and its value.
    case crossTerm
    /// What the verifier computes.
    case verifier
    /// C1 + alpha C2 for every chunk.
    case commitments
  }

  /// A prover for a kind's shape; `tables` are the columns of the public tables segment. `finished` is called on the folding
  /// thread.
  package init(
    shape: ConstraintShape<ScalarField>, layout: BlockLayout, errorLog: Int, tables: [[Int64]],
    finished: @escaping @Sendable (Part) -> Void = { _ in }
  ) {
    self.finished = finished
    self.shape = shape
    self.layout = layout
    self.errorLog = errorLog
    self.tables = tables
  }

  /// What one fold leaves behind.
  package struct Result: Sendable {
    /// What makes the opening that of the folded instance; nothing else depends on it until the next fold.
    package let update: OpeningUpdate
    /// What the verifier reads: h_E, h_1, h_2 (without the constants the verifier knows) and v_T.
    package let messages: [ScalarField]
    /// The folded instance.
    package let instance: RunningInstance
    /// The combination challenge, below 2^128.
    package let alpha: ScalarField
    /// The transcript, which the fold of the CycleFold instance continues.
    package let transcript: PoseidonSponge
  }

  /// Folds a fresh instance into `running`, whose opening is `witness`.
  ///
  /// Of an opening that is neither at its start nor kept as field elements copies are made.
  ///
  /// Cost per row: about a dozen multiplications, no group operation but one scalar multiplication per chunk.
  package func fold(
    _ fresh: FreshInstance, opening: FreshWitness, into running: RunningInstance, witness: RunningWitness,
    context: FoldContext<ScalarField>
  ) throws -> Result {
    precondition(fresh.commitments.count == running.commitments.count, "instances of one order of chunks")
    precondition(
      opening.entries.count == 4 && witness.parts.count == 4 && opening.blinders.count == witness.blinders.count,
      "openings of one order of chunks")
    let scalars = running.scalars
    var transcript = PoseidonSponge(tag: "fold")
    transcript.absorb([context.keyDigest, context.kind])
    transcript.absorb([context.runningDigest])
    transcript.absorb(context.freshCoordinates + [fresh.x] + fresh.claimPoint + [fresh.claimValue])
    let tau = transcript.squeeze()
    let tauPoint = (0..<errorLog).reduce(into: [ScalarField]()) { powers, _ in
      powers.append(powers.last?.squared() ?? tau)
    }

    let line = ClaimLine(from: scalars.claimPoint, to: fresh.claimPoint, in: layout)
    let tablesPart = line.restrict(tables: tables)
    let errorTail = witness.error.restrictToLine(from: scalars.errorPoint, to: tauPoint).dropFirst()
    let runningPart =
      witness.claimEntries(in: layout).map { line.restrict(entries: $0) }
      ?? line.restrict(segments: witness.parts.map(\.vector))
    let runningTail = zip(runningPart, tablesPart).map { $0 + scalars.u * $1 }.dropFirst()
    let freshTail = zip(line.restrict(integers: opening.entries), tablesPart).map { $0 + $1 }.dropFirst()
    var messages = Self.padded(errorTail, to: errorLog) + runningTail + freshTail
    finished(.linePolynomials)
    transcript.absorb(messages)
    let beta = transcript.squeeze()
    let errorPoint = zip(scalars.errorPoint, tauPoint).map { $0 + beta * ($1 - $0) }

    let products = shape.multiply(
      values: opening.entries[3].integers, trace: opening.trace.elements, publics: [.one, fresh.x])
    finished(.matrixProducts)
    let (az, bz, cz) = (FieldVector(products.a), FieldVector(products.b), FieldVector(products.c))
    let cross = FieldVector(
      crossTermOf: MatrixImages(a: witness.az, b: witness.bz, c: witness.cz), MatrixImages(a: az, b: bz, c: cz),
      u: scalars.u)
    let crossValue = cross.evaluateMultilinear(at: errorPoint)
    messages.append(crossValue)
    finished(.crossTerm)

    var world = NativeArithmetic<ScalarField>(messages: messages)
    let outcome = try FoldVerifier(errorLog: errorLog, claimLog: layout.logSize).verify(
      context: context, running: scalars,
      fresh: FreshScalars(x: fresh.x, claimPoint: fresh.claimPoint, claimValue: fresh.claimValue), in: &world)
    let alpha = outcome.alpha
    finished(.verifier)

    let commitments = Self.combine(running.commitments, fresh.commitments, by: alpha)
    finished(.commitments)
    return Result(
      update: OpeningUpdate(
        alpha: alpha, opening: opening, images: MatrixImages(a: az, b: bz, c: cz), crossTerm: cross),
      messages: messages, instance: RunningInstance(commitments: commitments, scalars: outcome.scalars),
      alpha: alpha, transcript: outcome.transcript.native)
  }

  /// C1 + alpha C2 for every chunk.
  package static func combine(
    _ running: [AffinePoint<PrimaryCurve>], _ fresh: [AffinePoint<PrimaryCurve>], by alpha: ScalarField
  ) -> [AffinePoint<PrimaryCurve>] {
    precondition(running.count == fresh.count, "instances of one order of chunks")
    return ProjectivePoint.normalized(
      Parallel.map(count: running.count, minimumChunk: 1) { fresh[$0].multiplied(variableTime: alpha) + running[$0] })
  }

  private static func padded(_ tail: ArraySlice<ScalarField>, to count: Int) -> [ScalarField] {
    tail + [ScalarField](repeating: .zero, count: count - tail.count)
  }
}
