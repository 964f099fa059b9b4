/// What the parts of setting up, proving and verifying cost: nanoseconds of processor time, and bytes of memory.
///
/// `Tests/Tools/unit_costs.py` measures them again: it runs the program on random models of a few shapes and fits these
/// numbers to what it sees; the mean relative error was 11 % for times and 12 % for memory.
enum UnitCosts {
  /// Where the numbers below come from.
  static let machine = "2 cores of an AMD EPYC with AVX-512 IFMA"

  // Setup, nanoseconds.

  /// Reading, rounding and committing to one weight.
  static let setUpWeight = 250.0
  /// One multiplication of the float model that calibration runs.
  static let floatProduct = 0.11
  /// Building one row of the circuits, until they fit the sizes they share.
  static let buildRow = 5200.0
  /// Hashing one generator to the curve.
  static let hashGenerator = 3900.0

  // Proving, nanoseconds.

  /// One multiplication of the integer model.
  static let integerProduct = 0.80
  /// One row of a step: its witness and its trace.
  static let proveRow = 2100.0
  /// One chunk of a step: its part of the CycleFold instance.
  static let proveChunk = 1_050_000.0
  /// One weight of a step, padding included, in the step argument.
  static let proveWeight = 12.0
  /// One other number of a step, padding included: its commitment and the step argument.
  static let proveValue = 230.0
  /// One number of a step that is folded.
  static let foldNumber = 33.0
  /// The same where the step is the first of its kind.
  static let firstFoldNumber = 14.0
  /// One number of a running instance, when it is compressed.
  static let compressNumber = 11.0
  /// One generator of the last opening.
  static let openGenerator = 13_000.0

  // Reading verifier.key and verifying, nanoseconds.

  /// One row of the circuits.
  static let verifyRow = 390.0
  /// One generator.
  static let verifyGenerator = 1000.0

  // Memory, bytes.

  /// One weight of the largest step, while it is proved.
  static let stepWeight = 50.0
  /// One other number of the largest step.
  static let stepValue = 320.0
  /// One row of a step, of all kinds.
  static let rowMemory = 145.0
  /// One generator.
  static let generatorMemory = 205.0
  /// One weight, while setup reads and rounds it.
  static let floatWeight = 7.1
}
