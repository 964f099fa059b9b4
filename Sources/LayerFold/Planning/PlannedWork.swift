import Circuits
import Folding
import Model

/// What one command is estimated to take.
public struct PlannedCost: Sendable, Equatable {
  /// Seconds of processor time; with n cores at best an n-th of it passes.
  public let processorSeconds: Double
  /// The most memory at one time, in bytes.
  public let memoryBytes: Int

  /// A cost from nanoseconds and bytes.
  init(nanoseconds: Double, bytes: Double) {
    processorSeconds = nanoseconds * 1e-9
    memoryBytes = Int(bytes)
  }
}

/// How much of everything there is to do, and what it costs by `UnitCosts`.
struct PlannedWork {
  /// Weights of the model in the key.
  private let weights: Double
  /// Multiplications of the model for one token.
  private let tokenProducts: Double
  /// Tokens that calibration reads.
  private let calibrationTokens: Double
  /// Positions of a proof.
  private let positions: Double
  private let kinds: [ProvingPlan.Kind]
  private let chunks: Double
  private let generators: Double

  /// The work that a plan describes.
  init(_ plan: ModelPlan, kinds: [ProvingPlan.Kind], sizes: RecursionSizes) {
    weights = Double(plan.keyParameters)
    // The embedding is looked up, not multiplied.
    tokenProducts = Double(plan.keyParameters - plan.steps[0].parameters)
    positions = Double(plan.parameters.positions)
    calibrationTokens = Double(Calibration.textCount * min(plan.parameters.positions, Calibration.longestText))
    self.kinds = kinds
    chunks = Double(sizes.order.total)
    generators = Double(1 << sizes.order.chunkLog)
  }

  /// Rows of the four circuits.
  private var rows: Double { kinds.reduce(0) { $0 + Double($1.rows) } }
  /// Numbers of the four running instances.
  private var runningNumbers: Double { kinds.reduce(0) { $0 + Double($1.entries.reduce(0, +)) } }
  /// Bytes of the four running instances: a kind that is folded once keeps the integers of its step, not field elements.
  private var runningBytes: Double {
    kinds.reduce(0) { bytes, kind in
      let (weights, trace) = (kind.entries[2], kind.entries[4])
      let others = kind.entries[0] + kind.entries[1] + kind.entries[3]
      let integers = kind.count > 1 ? 32 * (weights + others) : 2 * weights + 8 * others
      return bytes + Double(integers + 32 * trace)
    }
  }
  /// Numbers of the largest step: its weights and all others.
  private var largestStep: (weights: Double, others: Double) {
    let sizes = kinds.map { $0.entries.reduce(0, +) }
    guard let most = sizes.indices.max(by: { sizes[$0] < sizes[$1] }) else { return (weights: 0, others: 0) }
    let largest = kinds[most].entries
    let total = largest.reduce(0, +)
    return (weights: Double(largest[2]), others: Double(total - largest[2]))
  }

  /// Reading, calibrating, rounding, building circuits and generators, committing.
  var setup: PlannedCost {
    PlannedCost(
      nanoseconds: weights * UnitCosts.setUpWeight
        + tokenProducts * calibrationTokens * UnitCosts.floatProduct + rows * UnitCosts.buildRow
        + generators * UnitCosts.hashGenerator,
      bytes: weights * UnitCosts.floatWeight + rows * UnitCosts.rowMemory
        + generators * UnitCosts.generatorMemory)
  }

  /// Reading keys, generating, one pass over all positions, all steps, compressing, verifying once.
  var prove: PlannedCost {
    let steps = kinds.reduce(0.0) { sum, kind in
      let values = Double(kind.entries[0] + kind.entries[1] + kind.entries[3])
      let circuit = Double(kind.rows) * UnitCosts.proveRow + chunks * UnitCosts.proveChunk
      let argument = Double(kind.entries[2]) * UnitCosts.proveWeight + values * UnitCosts.proveValue
      // The accumulator that the first step of a kind is folded into is nearly all zeros.
      let folds = UnitCosts.firstFoldNumber + Double(max(0, kind.count - 1)) * UnitCosts.foldNumber
      let numbers = Double(kind.entries.reduce(0, +))
      return sum + Double(kind.count) * (circuit + argument) + numbers * folds
    }
    let step = largestStep
    return PlannedCost(
      nanoseconds: 2 * positions * tokenProducts * UnitCosts.integerProduct + steps
        + runningNumbers * UnitCosts.compressNumber + generators * UnitCosts.openGenerator
        + 2 * reading,
      bytes: runningBytes + step.weights * UnitCosts.stepWeight
        + step.others * UnitCosts.stepValue + rows * UnitCosts.rowMemory + generators * UnitCosts.generatorMemory)
  }

  /// Reading the key and verifying.
  var verify: PlannedCost {
    PlannedCost(
      nanoseconds: reading,
      bytes: rows * UnitCosts.rowMemory + generators * UnitCosts.generatorMemory)
  }

  private var reading: Double { rows * UnitCosts.verifyRow + generators * UnitCosts.verifyGenerator }
}
