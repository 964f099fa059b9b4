import CFieldKernels

/// Which code the vector kernels run.
package enum KernelPath: String, Sendable {
  /// 52-bit limbs, eight elements at a time.
  case ifma = "AVX-512 IFMA"
  /// One element at a time, for every processor.
  case portable

  /// The path of this processor.
  package static var current: KernelPath { fieldKernelsHaveIFMA() ? .ifma : .portable }
}
