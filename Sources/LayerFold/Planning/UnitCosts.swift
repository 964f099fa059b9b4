/// What the parts of setting up, proving and verifying cost: nanoseconds of processor time, and bytes of memory.
///
/// `Tests/Tools/unit_costs.py` measures them again: it runs the program on random models of a few shapes and fits these
/// numbers to what it sees; the mean relative error was 6 % for times and 15 % for memory.
enum UnitCosts {
  /// Where the numbers below come from.
  static let machine = "2 cores of an AMD EPYC with AVX-512 IFMA, shared with other work"

  // Setup, nanoseconds.

  /// Reading, rounding and committing to one weight.
  static let setUpWeight = 180.0
  /// One multiplication of the float model that calibration runs.
  static let floatProduct = 0.2
  /// Building one row of the circuits, until they fit the sizes they share.
  static let buildRow = 29_000.0
  /// Hashing one generator to the curve.
  static let hashGenerator = 5100.0

  // Proving, nanoseconds.

  /// One multiplication of the integer model.
  static let integerProduct = 0.6
  /// One row of a step: its witness and its trace.
  static let proveRow = 2500.0
  /// One chunk of a step: its part of the CycleFold instance.
  static let proveChunk = 3_300_000.0
  /// One weight of a step, padding included, in the step argument.
  static let proveWeight = 45.0
  /// One other number of a step, padding included: its commitment and the step argument.
  static let proveValue = 370.0
  /// One number of a step that is folded.
  static let foldNumber = 170.0
  /// One number of a running instance, where it starts.
  static let startNumber = 400.0
  /// One number of a running instance, when it is compressed.
  static let compressNumber = 160.0
  /// One generator of the last opening.
  static let openGenerator = 11_000.0

  // Reading verifier.key and verifying, nanoseconds.

  /// One row of the circuits.
  static let verifyRow = 1700.0
  /// One generator.
  static let verifyGenerator = 2400.0

  // Memory, bytes.

  /// One number of a running instance, of all kinds.
  static let runningNumber = 40.0
  /// One number of the largest step, while it is proved.
  static let stepNumber = 200.0
  /// One row of a step, of all kinds.
  static let rowMemory = 270.0
  /// One generator.
  static let generatorMemory = 180.0
  /// One weight, while setup reads and rounds it.
  static let floatWeight = 9.0
}
