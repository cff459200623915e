namespace Neptune.Formats;

internal static partial class CaffeSchema
{
    // The settings of each type of layer.
    private const string Settings = """
        AccuracyParameter:
          top_k 1 count=1; axis 2 whole=1; ignore_label 3 whole
        ArgMaxParameter:
          out_max_val 1 flag=false; top_k 2 count=1; axis 3 whole
        ClipParameter:
          min 1 real; max 2 real
        ConcatParameter:
          axis 2 whole=1; concat_dim 1 count=1
        BatchNormParameter:
          use_global_stats 1 flag; moving_average_fraction 2 real=.999; eps 3 real=1e-5
        BiasParameter:
          axis 1 whole=1; num_axes 2 whole=1; filler 3 @FillerParameter
        ContrastiveLossParameter:
          margin 1 real=1.0; legacy_version 2 flag=false
        ConvolutionParameter:
          num_output 1 count; bias_term 2 flag=true; pad 3 count*; kernel_size 4 count*; stride 6 count*;
          dilation 18 count*; pad_h 9 count=0; pad_w 10 count=0; kernel_h 11 count; kernel_w 12 count;
          stride_h 13 count; stride_w 14 count; group 5 count=1; weight_filler 7 @FillerParameter;
          bias_filler 8 @FillerParameter; engine 15 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT; axis 16 whole=1;
          force_nd_im2col 17 flag=false
        CropParameter:
          axis 1 whole=2; offset 2 count*
        DataParameter:
          source 1 text; batch_size 4 count; rand_skip 7 count=0; backend 8 LEVELDB:0|LMDB:1=LEVELDB;
          scale 2 real=1; mean_file 3 text; crop_size 5 count=0; mirror 6 flag=false;
          force_encoded_color 9 flag=false; prefetch 10 count=4
        DropoutParameter:
          dropout_ratio 1 real=0.5; scale_train 2 flag=true
        DummyDataParameter:
          data_filler 1 @FillerParameter*; shape 6 @BlobShape*; num 2 count*; channels 3 count*;
          height 4 count*; width 5 count*
        EltwiseParameter:
          operation 1 PROD:0|SUM:1|MAX:2=SUM; coeff 2 real*; stable_prod_grad 3 flag=true
        ELUParameter:
          alpha 1 real=1
        EmbedParameter:
          num_output 1 count; input_dim 2 count; bias_term 3 flag=true; weight_filler 4 @FillerParameter;
          bias_filler 5 @FillerParameter
        ExpParameter:
          base 1 real=-1.0; scale 2 real=1.0; shift 3 real=0.0
        FlattenParameter:
          axis 1 whole=1; end_axis 2 whole=-1
        HDF5DataParameter:
          source 1 text; batch_size 2 count; shuffle 3 flag=false
        HDF5OutputParameter:
          file_name 1 text
        HingeLossParameter:
          norm 1 L1:1|L2:2=L1
        ImageDataParameter:
          source 1 text; batch_size 4 count=1; rand_skip 7 count=0; shuffle 8 flag=false; new_height 9 count=0;
          new_width 10 count=0; is_color 11 flag=true; scale 2 real=1; mean_file 3 text; crop_size 5 count=0;
          mirror 6 flag=false; root_folder 12 text =
        InfogainLossParameter:
          source 1 text; axis 2 whole=1
        InnerProductParameter:
          num_output 1 count; bias_term 2 flag=true; weight_filler 3 @FillerParameter;
          bias_filler 4 @FillerParameter; axis 5 whole=1; transpose 6 flag=false
        InputParameter:
          shape 1 @BlobShape*
        LogParameter:
          base 1 real=-1.0; scale 2 real=1.0; shift 3 real=0.0
        LRNParameter:
          local_size 1 count=5; alpha 2 real=1.; beta 3 real=0.75;
          norm_region 4 ACROSS_CHANNELS:0|WITHIN_CHANNEL:1=ACROSS_CHANNELS; k 5 real=1.;
          engine 6 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT
        MemoryDataParameter:
          batch_size 1 count; channels 2 count; height 3 count; width 4 count
        MVNParameter:
          normalize_variance 1 flag=true; across_channels 2 flag=false; eps 3 real=1e-9
        ParameterParameter:
          shape 1 @BlobShape
        PoolingParameter:
          pool 1 MAX:0|AVE:1|STOCHASTIC:2=MAX; pad 4 count=0; pad_h 9 count=0; pad_w 10 count=0;
          kernel_size 2 count; kernel_h 5 count; kernel_w 6 count; stride 3 count=1; stride_h 7 count;
          stride_w 8 count; engine 11 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT; global_pooling 12 flag=false;
          round_mode 13 CEIL:0|FLOOR:1=CEIL
        PowerParameter:
          power 1 real=1.0; scale 2 real=1.0; shift 3 real=0.0
        PythonParameter:
          module 1 text; layer 2 text; param_str 3 text =; share_in_parallel 4 flag=false
        RecurrentParameter:
          num_output 1 count=0; weight_filler 2 @FillerParameter; bias_filler 3 @FillerParameter;
          debug_info 4 flag=false; expose_hidden 5 flag=false
        ReductionParameter:
          operation 1 SUM:1|ASUM:2|SUMSQ:3|MEAN:4=SUM; axis 2 whole=0; coeff 3 real=1.0
        ReLUParameter:
          negative_slope 1 real=0; engine 2 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT
        ReshapeParameter:
          shape 1 @BlobShape; axis 2 whole=0; num_axes 3 whole=-1
        ScaleParameter:
          axis 1 whole=1; num_axes 2 whole=1; filler 3 @FillerParameter; bias_term 4 flag=false;
          bias_filler 5 @FillerParameter
        SigmoidParameter:
          engine 1 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT
        SliceParameter:
          axis 3 whole=1; slice_point 2 count*; slice_dim 1 count=1
        SoftmaxParameter:
          engine 1 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT; axis 2 whole=1
        SwishParameter:
          beta 1 real=1
        TanHParameter:
          engine 1 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT
        TileParameter:
          axis 1 whole=1; tiles 2 whole
        ThresholdParameter:
          threshold 1 real=0
        WindowDataParameter:
          source 1 text; scale 2 real=1; mean_file 3 text; batch_size 4 count; crop_size 5 count=0;
          mirror 6 flag=false; fg_threshold 7 real=0.5; bg_threshold 8 real=0.5; fg_fraction 9 real=0.25;
          context_pad 10 count=0; crop_mode 11 text=warp; cache_images 12 flag=false; root_folder 13 text =
        SPPParameter:
          pyramid_height 1 count; pool 2 MAX:0|AVE:1|STOCHASTIC:2=MAX;
          engine 6 DEFAULT:0|CAFFE:1|CUDNN:2=DEFAULT
        PReLUParameter:
          filler 1 @FillerParameter; channel_shared 2 flag=false
        """;
}
