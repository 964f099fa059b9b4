package import Algebra
package import ConstraintSystem
import Transcript

/// What folding a fresh instance into a running one yields, but for the commitments.
package struct FoldOutcome<World: Arithmetic> where World.Field == ScalarField {
  /// The scalars of the folded instance.
  package var scalars: RunningScalars<World.Element>
  /// The 128-bit combination challenge alpha.
  package var alpha: World.Element
  /// Its bits, least significant first.
  package var alphaBits: [World.Element]
  /// The transcript, which the fold of the CycleFold instance continues.
  package var transcript: SpongeTranscript<World>
}

/// The verifier of the fold: one text for the native verifier and for circuits. Reads e + 2 n + 1 messages: h_E, h_1, h_2
/// and v_T.
///
/// E'~(r) = E1~(r) + alpha T~(r) + alpha^2 E2~(r) for every alpha, and alpha comes last, so a valid result forces
/// E1~(r') = h_E(beta) and E2~(r') = 0; beta after h_E gives E1~(r_E) = v_E; r' random after all of the fresh instance
/// gives E2 = 0. The evaluation claims likewise, on the line between the two points.
/// - seealso: ePrint 2024/1220 (Mova), section 3 of Docs/Protocol.md.
package struct FoldVerifier: Sendable {
  /// log2 of the number of rows (e).
  package let errorLog: Int
  /// The number of variables of Q (n).
  package let claimLog: Int

  /// A verifier for given sizes.
  package init(errorLog: Int, claimLog: Int) {
    self.errorLog = errorLog
    self.claimLog = claimLog
  }

  /// The number of messages of one fold.
  package var messageCount: Int { errorLog + 2 * claimLog + 1 }

  /// Folds the scalars of `fresh` into `running`.
  package func verify<World: Arithmetic>(
    context: FoldContext<World.Element>, running: RunningScalars<World.Element>, fresh: FreshScalars<World.Element>,
    in world: inout World
  ) throws -> FoldOutcome<World> where World.Field == ScalarField {
    precondition(
      running.errorPoint.count == errorLog, "a running point with a coordinate for each variable of the rows")
    precondition(
      running.claimPoint.count == claimLog && fresh.claimPoint.count == claimLog,
      "points of claims with a coordinate for each variable of Q")
    world.enter("fold")
    defer { world.leave() }
    var transcript = SpongeTranscript<World>(tag: "fold", in: &world)
    try transcript.absorb([context.keyDigest, context.kind], in: &world)
    try transcript.absorb([context.runningDigest], in: &world)
    try transcript.absorb(
      context.freshCoordinates + [fresh.x] + fresh.claimPoint + [fresh.claimValue], in: &world)
    let tau = try transcript.squeeze(in: &world)
    var tauPoint: [World.Element] = []
    var power = tau
    for index in 0..<errorLog {
      tauPoint.append(power)
      if index + 1 < errorLog { power = world.multiply(power, power) }
    }
    let errorTail = try world.messages(errorLog)
    let runningTail = try world.messages(claimLog)
    let freshTail = try world.messages(claimLog)
    try transcript.absorb(errorTail + runningTail + freshTail, in: &world)
    let beta = try transcript.squeeze(in: &world)
    let errorAtBeta = Self.evaluate(constant: running.errorValue, tail: errorTail, at: beta, in: &world)
    let runningAtBeta = Self.evaluate(constant: running.claimValue, tail: runningTail, at: beta, in: &world)
    let freshConstant = freshTail.reduce(fresh.claimValue) { $0 - $1 }
    let freshAtBeta = Self.evaluate(
      constant: world.materialise(freshConstant), tail: freshTail, at: beta, in: &world)
    let errorPoint = zip(running.errorPoint, tauPoint).map { start, end in
      start + world.multiply(beta, end - start)
    }
    let claimPoint = zip(running.claimPoint, fresh.claimPoint).map { start, end in
      start + world.multiply(beta, end - start)
    }
    let crossValue = try world.message()
    try transcript.absorb([crossValue], in: &world)
    let (alpha, alphaBits) = try transcript.squeezeShort(in: &world)
    let scalars = RunningScalars(
      u: running.u + alpha,
      x: running.x + world.multiply(alpha, fresh.x),
      errorPoint: errorPoint.map { world.materialise($0) },
      errorValue: errorAtBeta + world.multiply(alpha, crossValue),
      claimPoint: claimPoint.map { world.materialise($0) },
      claimValue: runningAtBeta + world.multiply(alpha, freshAtBeta))
    return FoldOutcome(scalars: scalars, alpha: alpha, alphaBits: alphaBits, transcript: transcript)
  }

  private static func evaluate<World: Arithmetic>(
    constant: World.Element, tail: [World.Element], at point: World.Element, in world: inout World
  ) -> World.Element where World.Field == ScalarField {
    var value = World.Element.zero
    for coefficient in tail.reversed() { value = world.multiply(value + coefficient, point) }
    return value + constant
  }
}

/// What a fold's transcript starts from.
package struct FoldContext<Element: Sendable>: Sendable {
  /// The digest of the verification key.
  package var keyDigest: Element
  /// The kind folded.
  package var kind: Element
  /// The digest of the running instance, as the previous step's public input has it.
  package var runningDigest: Element
  /// The coordinates mod r of all fresh commitments, in chunk order.
  package var freshCoordinates: [Element]

  /// A context from parts.
  package init(keyDigest: Element, kind: Element, runningDigest: Element, freshCoordinates: [Element]) {
    self.keyDigest = keyDigest
    self.kind = kind
    self.runningDigest = runningDigest
    self.freshCoordinates = freshCoordinates
  }
}
