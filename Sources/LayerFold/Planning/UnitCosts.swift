/// What the parts of setting up, proving and verifying cost: nanoseconds of processor time, and bytes of memory.
///
/// `Tests/Tools/unit_costs.py` measures them again: it runs the program on random models of a few shapes and fits these
/// numbers to what it sees; the mean relative error was 9 % for times and 13 % for memory.
enum UnitCosts {
  /// Where the numbers below come from.
  static let machine = "2 cores of an AMD EPYC with AVX-512 IFMA"

  // Setup, nanoseconds.

  /// Reading, rounding and committing to one weight.
  static let setUpWeight = 150.0
  /// One multiplication of the float model that calibration runs.
  static let floatProduct = 0.14
  /// Building one row of the circuits, until they fit the sizes they share.
  static let buildRow = 4700.0
  /// Hashing one generator to the curve.
  static let hashGenerator = 4300.0

  // Proving, nanoseconds.

  /// One multiplication of the integer model.
  static let integerProduct = 0.45
  /// One row of a step: its witness and its trace.
  static let proveRow = 2100.0
  /// One chunk of a step: its part of the CycleFold instance.
  static let proveChunk = 1_550_000.0
  /// One weight of a step, padding included, in the step argument.
  static let proveWeight = 8.3
  /// One other number of a step, padding included: its commitment and the step argument.
  static let proveValue = 240.0
  /// One number of a step that is folded.
  static let foldNumber = 53.0
  /// The same where the step is the first of its kind.
  static let firstFoldNumber = 19.0
  /// One number of a running instance, where it starts.
  static let startNumber = 8.7
  /// One number of a running instance, when it is compressed.
  static let compressNumber = 52.0
  /// One generator of the last opening.
  static let openGenerator = 12_000.0

  // Reading verifier.key and verifying, nanoseconds.

  /// One row of the circuits.
  static let verifyRow = 570.0
  /// One generator.
  static let verifyGenerator = 1300.0

  // Memory, bytes.

  /// One number of a running instance, of all kinds; not fitted.
  static let runningNumber = 72.0
  /// One weight of the largest step, while it is proved.
  static let stepWeight = 18.0
  /// One other number of the largest step.
  static let stepValue = 235.0
  /// One row of a step, of all kinds.
  static let rowMemory = 156.0
  /// One generator.
  static let generatorMemory = 180.0
  /// One weight, while setup reads and rounds it.
  static let floatWeight = 5.5
}
