namespace Neptune.Formats;

internal static partial class CaffeSchema
{
    // Nets, layers and solvers.
    private const string Nets = """
        BlobShape:
          dim 1 whole*
        FillerParameter:
          type 1 text=constant; value 2 real=0; min 3 real=0; max 4 real=1; mean 5 real=0; std 6 real=1;
          sparse 7 whole=-1; variance_norm 8 FAN_IN:0|FAN_OUT:1|AVERAGE:2=FAN_IN
        NetParameter:
          name 1 text; input 3 text*; input_shape 8 @BlobShape*; input_dim 4 whole*;
          force_backward 5 flag=false; state 6 @NetState; debug_info 7 flag=false; layer 100 @LayerParameter*;
          layers 2 @V1LayerParameter*
        SolverParameter:
          net 24 text; net_param 25 @NetParameter; train_net 1 text; test_net 2 text*;
          train_net_param 21 @NetParameter; test_net_param 22 @NetParameter*; train_state 26 @NetState;
          test_state 27 @NetState*; test_iter 3 whole*; test_interval 4 whole=0;
          test_compute_loss 19 flag=false; test_initialization 32 flag=true; base_lr 5 real; display 6 whole;
          average_loss 33 whole=1; max_iter 7 whole; iter_size 36 whole=1; lr_policy 8 text; gamma 9 real;
          power 10 real; momentum 11 real; weight_decay 12 real; regularization_type 29 text=L2;
          stepsize 13 whole; stepvalue 34 whole*; clip_gradients 35 real=-1; snapshot 14 whole=0;
          snapshot_prefix 15 text; snapshot_diff 16 flag=false;
          snapshot_format 37 HDF5:0|BINARYPROTO:1=BINARYPROTO; solver_mode 17 CPU:0|GPU:1=GPU;
          device_id 18 whole=0; random_seed 20 whole=-1; type 40 text=SGD; delta 31 real=1e-8;
          momentum2 39 real=0.999; rms_decay 38 real=0.99; debug_info 23 flag=false;
          snapshot_after_train 28 flag=true;
          solver_type 30 SGD:0|NESTEROV:1|ADAGRAD:2|RMSPROP:3|ADADELTA:4|ADAM:5=SGD;
          layer_wise_reduce 41 flag=true; weights 42 text*
        NetState:
          phase 1 TRAIN:0|TEST:1=TEST; level 2 whole=0; stage 3 text*
        NetStateRule:
          phase 1 TRAIN:0|TEST:1; min_level 2 whole; max_level 3 whole; stage 4 text*; not_stage 5 text*
        ParamSpec:
          name 1 text; share_mode 2 STRICT:0|PERMISSIVE:1=STRICT; lr_mult 3 real=1.0; decay_mult 4 real=1.0
        LayerParameter:
          name 1 text; type 2 text; bottom 3 text*; top 4 text*; phase 10 TRAIN:0|TEST:1; loss_weight 5 real*;
          param 6 @ParamSpec*; blobs 7 @BlobProto*; propagate_down 11 flag*; include 8 @NetStateRule*;
          exclude 9 @NetStateRule*; transform_param 100 @TransformationParameter;
          loss_param 101 @LossParameter; accuracy_param 102 @AccuracyParameter;
          argmax_param 103 @ArgMaxParameter; batch_norm_param 139 @BatchNormParameter;
          bias_param 141 @BiasParameter; clip_param 148 @ClipParameter; concat_param 104 @ConcatParameter;
          contrastive_loss_param 105 @ContrastiveLossParameter; convolution_param 106 @ConvolutionParameter;
          crop_param 144 @CropParameter; data_param 107 @DataParameter; dropout_param 108 @DropoutParameter;
          dummy_data_param 109 @DummyDataParameter; eltwise_param 110 @EltwiseParameter;
          elu_param 140 @ELUParameter; embed_param 137 @EmbedParameter; exp_param 111 @ExpParameter;
          flatten_param 135 @FlattenParameter; hdf5_data_param 112 @HDF5DataParameter;
          hdf5_output_param 113 @HDF5OutputParameter; hinge_loss_param 114 @HingeLossParameter;
          image_data_param 115 @ImageDataParameter; infogain_loss_param 116 @InfogainLossParameter;
          inner_product_param 117 @InnerProductParameter; input_param 143 @InputParameter;
          log_param 134 @LogParameter; lrn_param 118 @LRNParameter; memory_data_param 119 @MemoryDataParameter;
          mvn_param 120 @MVNParameter; parameter_param 145 @ParameterParameter;
          pooling_param 121 @PoolingParameter; power_param 122 @PowerParameter;
          prelu_param 131 @PReLUParameter; python_param 130 @PythonParameter;
          recurrent_param 146 @RecurrentParameter; reduction_param 136 @ReductionParameter;
          relu_param 123 @ReLUParameter; reshape_param 133 @ReshapeParameter; scale_param 142 @ScaleParameter;
          sigmoid_param 124 @SigmoidParameter; softmax_param 125 @SoftmaxParameter;
          spp_param 132 @SPPParameter; slice_param 126 @SliceParameter; swish_param 147 @SwishParameter;
          tanh_param 127 @TanHParameter; threshold_param 128 @ThresholdParameter;
          tile_param 138 @TileParameter; window_data_param 129 @WindowDataParameter
        TransformationParameter:
          scale 1 real=1; mirror 2 flag=false; crop_size 3 count=0; mean_file 4 text; mean_value 5 real*;
          force_color 6 flag=false; force_gray 7 flag=false
        LossParameter:
          ignore_label 1 whole; normalization 3 FULL:0|VALID:1|BATCH_SIZE:2|NONE:3=VALID; normalize 2 flag
        V1LayerParameter:
          bottom 2 text*; top 3 text*; name 4 text; include 32 @NetStateRule*; exclude 33 @NetStateRule*;
          type 5 V1; blobs 6 @BlobProto*; param 1001 text*; blob_share_mode 1002 STRICT:0|PERMISSIVE:1*;
          blobs_lr 7 real*; weight_decay 8 real*; loss_weight 35 real*; accuracy_param 27 @AccuracyParameter;
          argmax_param 23 @ArgMaxParameter; concat_param 9 @ConcatParameter;
          contrastive_loss_param 40 @ContrastiveLossParameter; convolution_param 10 @ConvolutionParameter;
          data_param 11 @DataParameter; dropout_param 12 @DropoutParameter;
          dummy_data_param 26 @DummyDataParameter; eltwise_param 24 @EltwiseParameter;
          exp_param 41 @ExpParameter; hdf5_data_param 13 @HDF5DataParameter;
          hdf5_output_param 14 @HDF5OutputParameter; hinge_loss_param 29 @HingeLossParameter;
          image_data_param 15 @ImageDataParameter; infogain_loss_param 16 @InfogainLossParameter;
          inner_product_param 17 @InnerProductParameter; lrn_param 18 @LRNParameter;
          memory_data_param 22 @MemoryDataParameter; mvn_param 34 @MVNParameter;
          pooling_param 19 @PoolingParameter; power_param 21 @PowerParameter; relu_param 30 @ReLUParameter;
          sigmoid_param 38 @SigmoidParameter; softmax_param 39 @SoftmaxParameter;
          slice_param 31 @SliceParameter; tanh_param 37 @TanHParameter; threshold_param 25 @ThresholdParameter;
          window_data_param 20 @WindowDataParameter; transform_param 36 @TransformationParameter;
          loss_param 42 @LossParameter; layer 1 @V0LayerParameter
        """;
}
