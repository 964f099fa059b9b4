package import Algebra

/// The values a step's circuit is given about the step before it.
package struct StepAdvice: Sendable {
  /// Whether this is the very first step, so that what follows is dummy.
  package var isBase: Bool
  /// The previous step's public state.
  package var previous: PublicState<ScalarField>
  /// The running instance of the previous step's kind, before the fold.
  package var running: RunningInstance
  /// The previous step's fresh instance.
  package var fresh: FreshInstance
  /// The messages of the fold.
  package var foldMessages: [ScalarField]
  /// The chunk commitments after the fold.
  package var folded: [AffinePoint<PrimaryCurve>]
  /// The running CycleFold instance before the fold.
  package var cycleRunning: SecondaryInstance
  /// The commitments W^ of the fresh CycleFold instance and T^ of the cross term.
  package var cycleMessage: SecondaryFoldMessage

  /// Advice from parts.
  package init(
    isBase: Bool, previous: PublicState<ScalarField>, running: RunningInstance, fresh: FreshInstance,
    foldMessages: [ScalarField], folded: [AffinePoint<PrimaryCurve>], cycleRunning: SecondaryInstance,
    cycleMessage: SecondaryFoldMessage
  ) {
    self.isBase = isBase
    self.previous = previous
    self.running = running
    self.fresh = fresh
    self.foldMessages = foldMessages
    self.folded = folded
    self.cycleRunning = cycleRunning
    self.cycleMessage = cycleMessage
  }
}

/// Advice that exists while a witness is filled, and does not while a shape is built.
struct Provided<Value: Sendable>: Sendable {
  private let value: Value?

  /// Advice, or its absence.
  init(_ value: Value?) {
    self.value = value
  }

  /// What `path` finds; throws `FoldingError.missingAdvice` in a shape, where nobody asks.
  func read<Part>(_ path: (Value) -> Part) throws -> Part {
    guard let value else { throw FoldingError.missingAdvice }
    return path(value)
  }
}
